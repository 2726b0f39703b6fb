//! The facts that the host has gathered, and how a plugin requests missing ones.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::{Fact, Failure, Lookup};

/// The result of a contribution: a value, or the reason why it stops here.
pub type Step<T> = Result<T, Pause>;

/// Why a contribution stops.
#[derive(Debug)]
pub enum Pause {
    /// These facts are missing. The host gathers them and calls again.
    Need(Vec<Lookup>),
    /// It failed. The host shows the message and the hint, and writes nothing.
    Failed(Failure),
}

impl Pause {
    /// Stops with a message.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(Failure::new(message))
    }
}

impl From<Failure> for Pause {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// A typed lookup.
pub trait Query: Serialize {
    /// The lookup's name and version, which is also the permission that a manifest declares.
    const NAME: &'static str;
    /// The type of the answer.
    type Answer: DeserializeOwned;
}

/// The facts gathered so far.
#[derive(Debug)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// These facts.
    pub fn new(facts: Vec<Fact>) -> Self {
        Self(facts)
    }

    /// The answer to one lookup.
    ///
    /// # Errors
    ///
    /// [`Pause::Need`] if the fact is missing, [`Pause::Failed`] if this version of the crate cannot read the answer.
    pub fn get<Q: Query>(&self, query: Q) -> Step<Q::Answer> {
        let input = serde_json::to_value(&query).map_err(|error| unreadable(Q::NAME, &error))?;
        let lookup = Lookup::new(Q::NAME, input);
        match self.0.iter().find(|fact| fact.lookup == lookup) {
            Some(fact) => serde_json::from_str(fact.answer.get()).map_err(|error| unreadable(Q::NAME, &error)),
            None => Err(Pause::Need(vec![lookup])),
        }
    }

    /// The answers to several lookups, a tuple or a [`Vec`], which the host gathers together.
    ///
    /// # Errors
    ///
    /// As [`Facts::get`]; missing facts are requested together.
    pub fn all<S: QuerySet>(&self, queries: S) -> Step<S::Answers> {
        queries.get_all(self)
    }
}

fn unreadable(name: &str, error: &serde_json::Error) -> Pause {
    Pause::failed(format!("invalid answer to `{name}` from the host: {error}"))
}

/// Several lookups that are requested together.
pub trait QuerySet {
    /// Their answers.
    type Answers;

    /// Requests all of them.
    ///
    /// # Errors
    ///
    /// As [`Facts::get`].
    fn get_all(self, facts: &Facts) -> Step<Self::Answers>;
}

/// Keeps an answer, or adds missing facts to `missing`; stops at a failure.
fn keep<T>(step: Step<T>, missing: &mut Vec<Lookup>) -> Step<Option<T>> {
    match step {
        Ok(answer) => Ok(Some(answer)),
        Err(Pause::Need(lookups)) => {
            missing.extend(lookups);
            Ok(None)
        }
        Err(failed) => Err(failed),
    }
}

impl<Q: Query> QuerySet for Option<Q> {
    type Answers = Option<Q::Answer>;

    fn get_all(self, facts: &Facts) -> Step<Self::Answers> {
        self.map(|query| facts.get(query)).transpose()
    }
}

impl<S: QuerySet> QuerySet for Vec<S> {
    type Answers = Vec<S::Answers>;

    fn get_all(self, facts: &Facts) -> Step<Self::Answers> {
        let mut missing = Vec::new();
        let mut answers = Vec::new();
        for query in self {
            answers.extend(keep(query.get_all(facts), &mut missing)?);
        }
        if missing.is_empty() { Ok(answers) } else { Err(Pause::Need(missing)) }
    }
}

macro_rules! tuple_of_queries {
    ($($name:ident),+) => {
        impl<$($name: QuerySet),+> QuerySet for ($($name,)+) {
            type Answers = ($($name::Answers,)+);

            #[allow(non_snake_case, reason = "the tuple's members are named after their types")]
            fn get_all(self, facts: &Facts) -> Step<Self::Answers> {
                let ($($name,)+) = self;
                let mut missing = Vec::new();
                $(let $name = keep($name.get_all(facts), &mut missing)?;)+
                match ($($name,)+) {
                    ($(Some($name),)+) => Ok(($($name,)+)),
                    _ => Err(Pause::Need(missing)),
                }
            }
        }
    };
}

tuple_of_queries!(A, B);
tuple_of_queries!(A, B, C);
tuple_of_queries!(A, B, C, D);
tuple_of_queries!(A, B, C, D, E);
