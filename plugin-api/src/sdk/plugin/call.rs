//! Reads the document that a contribution is called with.
//!
//! It is called several times in a run, with more facts each time, and every output target gets the same
//! plan, which may describe thousands of accounts. So what is the same as in the last call is not
//! parsed again. That can't be noticed otherwise: what a text is parsed to depends on the text alone.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::rc::Rc;

use crate::model::{Fact, Plan, Request};

/// A call: a [`Request`], with the plan and the facts apart.
pub(super) struct Call {
    pub request: Rc<Request>,
    pub plan: Option<Rc<Plan>>,
    pub facts: Vec<Fact>,
}

/// A [`Request`] of which only the facts are parsed.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    project: &'a RawValue,
    #[serde(borrow)]
    options: &'a RawValue,
    #[serde(borrow, default)]
    plan: Option<&'a RawValue>,
    #[serde(default)]
    facts: Vec<Fact>,
}

thread_local! {
    static LAST_REQUEST: Last<Request> = const { Last::nothing() };
    static LAST_PLAN: Last<Plan> = const { Last::nothing() };
}

impl Call {
    pub fn read(document: &[u8]) -> serde_json::Result<Self> {
        let Document { project, options, plan, facts } = serde_json::from_slice(document)?;
        let request = LAST_REQUEST.with(|last| {
            last.get([project.get(), options.get()], || {
                Ok(Request::new(serde_json::from_str(project.get())?, serde_json::from_str(options.get())?, None))
            })
        })?;
        let plan = LAST_PLAN.with(|last| match plan {
            Some(plan) => last.get([plan.get(), ""], || serde_json::from_str(plan.get())).map(Some),
            None => {
                last.forget();
                Ok(None)
            }
        })?;
        Ok(Self { request, plan, facts })
    }
}

/// What the last texts were parsed to.
struct Last<T>(RefCell<Option<([String; 2], Rc<T>)>>);

impl<T> Last<T> {
    const fn nothing() -> Self {
        Self(RefCell::new(None))
    }

    fn forget(&self) {
        self.0.replace(None);
    }

    fn get(&self, texts: [&str; 2], parse: impl FnOnce() -> serde_json::Result<T>) -> serde_json::Result<Rc<T>> {
        if let Some((last, value)) = &*self.0.borrow()
            && *last == texts
        {
            return Ok(Rc::clone(value));
        }
        // First of all, so that the last one is gone before there are two.
        self.forget();
        let value = Rc::new(parse()?);
        self.0.replace(Some((texts.map(str::to_owned), Rc::clone(&value))));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(region: &str, plan: &str) -> String {
        format!(r#"{{"project":{{"short_name":"ex","region":"{region}"}},"options":{{}},"plan":{plan},"facts":[]}}"#)
    }

    #[test]
    fn what_changes_is_read_anew_and_what_does_not_is_not() {
        let one = r#"{"profiles":[{"name":"a","settings":[]}]}"#;
        let first = Call::read(document("r1", one).as_bytes()).unwrap();
        let second = Call::read(document("r2", one).as_bytes()).unwrap();
        assert_eq!((first.request.project.region.as_str(), second.request.project.region.as_str()), ("r1", "r2"));
        assert!(Rc::ptr_eq(first.plan.as_ref().unwrap(), second.plan.as_ref().unwrap()));

        let third = Call::read(document("r2", &one.replace("\"a\"", "\"b\"")).as_bytes()).unwrap();
        assert!(Rc::ptr_eq(&second.request, &third.request));
        assert_eq!(third.plan.unwrap().profiles[0].name, "b");
        assert!(Call::read(document("r2", "null").as_bytes()).unwrap().plan.is_none());
        assert!(Call::read(document("r2", "1").as_bytes()).is_err());
    }
}
