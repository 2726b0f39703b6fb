//! Reads the document that a contribution is called with.
//!
//! A run calls it several times, with more facts each time, and every output target gets the same plan, which may have
//! thousands of accounts. So the part that is the same as in the last call is not parsed again.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::rc::Rc;

use crate::model::{Fact, Plan, Request};

/// A call: a [`Request`], with plan and facts separate.
pub(super) struct StepCall {
    pub request: Rc<Request>,
    pub plan: Option<Rc<Plan>>,
    pub facts: Vec<Fact>,
}

/// A [`Request`] of which only the facts are parsed.
#[derive(Deserialize)]
struct RawRequest<'a> {
    #[serde(borrow)]
    project: &'a RawValue,
    #[serde(borrow)]
    options: &'a RawValue,
    #[serde(borrow, default)]
    plan: Option<&'a RawValue>,
    #[serde(default)]
    facts: Vec<Fact>,
}

/// The text between the head of a document and its facts, and after the facts.
const FACTS: (&[u8], &[u8]) = (b",\"facts\":", b"}");

/// The head of the last call, and its parsed form.
struct LastCall {
    head: Vec<u8>,
    request: Rc<Request>,
    plan: Option<Rc<Plan>>,
}

thread_local! {
    static LAST: RefCell<Option<LastCall>> = const { RefCell::new(None) };
}

impl StepCall {
    pub fn read(document: &[u8]) -> serde_json::Result<Self> {
        LAST.with_borrow_mut(|last| {
            if let Some(LastCall { head, request, plan }) = last
                && let Some(facts) = document.strip_prefix(head.as_slice()).and_then(facts)
                && let Ok(facts) = serde_json::from_slice(facts)
            {
                return Ok(Self { request: Rc::clone(request), plan: plan.clone(), facts });
            }
            // Dropped first, so that there are never two in memory.
            *last = None;
            let (call, head) = Self::parse(document)?;
            *last = head.map(|head| LastCall {
                head: head.to_vec(),
                request: Rc::clone(&call.request),
                plan: call.plan.clone(),
            });
            Ok(call)
        })
    }

    /// Parses a whole document. Also returns its head, if only facts follow.
    fn parse(document: &[u8]) -> serde_json::Result<(Self, Option<&[u8]>)> {
        let RawRequest { project, options, plan: planned, facts: known } = serde_json::from_slice(document)?;
        let request = Request::new(serde_json::from_str(project.get())?, serde_json::from_str(options.get())?, None);
        let plan = planned.map(|plan| serde_json::from_str(plan.get())).transpose()?;
        let call = Self { request: Rc::new(request), plan: plan.map(Rc::new), facts: known };

        let end = |part: &RawValue| part.get().as_bytes().as_ptr_range().end as usize - document.as_ptr() as usize;
        let ends = [Some(project), Some(options), planned].into_iter().flatten().map(end);
        let head = ends.max().and_then(|end| document.split_at_checked(end));
        Ok((call, head.filter(|(_, rest)| facts(rest).is_some()).map(|(head, _)| head)))
    }
}

/// The facts, if `rest` of a document has nothing else.
fn facts(rest: &[u8]) -> Option<&[u8]> {
    rest.strip_prefix(FACTS.0)?.strip_suffix(FACTS.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(region: &str, plan: &str, facts: &str) -> String {
        let project = format!(r#"{{"short_name":"ex","region":"{region}"}}"#);
        format!(r#"{{"project":{project},"options":{{}},"plan":{plan},"facts":[{facts}]}}"#)
    }

    fn read(document: String) -> StepCall {
        StepCall::read(document.as_bytes()).unwrap()
    }

    const PLAN: &str = r#"{"profiles":[{"name":"a","settings":[]}]}"#;

    #[test]
    fn same_request_is_parsed_once() {
        let first = read(document("r", PLAN, ""));
        let second = read(document("r", PLAN, r#"{"lookup":{"name":"x/1"},"answer":1}"#));
        assert!(Rc::ptr_eq(&first.request, &second.request));
        assert!(Rc::ptr_eq(first.plan.as_ref().unwrap(), second.plan.as_ref().unwrap()));
        assert_eq!((first.facts.len(), second.facts.len()), (0, 1));
    }

    #[test]
    fn changed_request_is_parsed_again() {
        read(document("r1", PLAN, ""));
        assert_eq!(read(document("r2", PLAN, "")).request.project.region, "r2");
        let other = read(document("r2", &PLAN.replace("\"a\"", "\"b\""), ""));
        assert_eq!(other.plan.unwrap().profiles[0].name, "b");
        assert!(read(document("r2", "null", "")).plan.is_none());
        let more = document("r2", PLAN, "").replace(r#","facts":[]}"#, r#","later":2,"facts":[]}"#);
        assert!(read(more).plan.is_some());
    }

    #[test]
    fn invalid_request_is_an_error_after_any_call() {
        read(document("r", PLAN, ""));
        for wrong in [document("r", "1", ""), document("r", PLAN, "1"), document("r", PLAN, "") + "}", String::new()] {
            assert!(StepCall::read(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
