//! One conversation with a contribution: request, questions, answers, result. The documents are kept, so
//! that the checks can look at them and send them again.

use serde_json::{Value, json};

use crate::fixtures::{Fixtures, json};
use crate::subject::Subject;
use leverage_plugin_api::model::{Failure, Lookup, Request, Response};

/// The most rounds of questions, as the host allows.
const MAX_ROUNDS: usize = 64;
/// The largest response in bytes: 5,000 accounts need less than a tenth.
const MAX_RESPONSE: usize = 64 << 20;
/// What is wrong with a response of a later version of the contract.
pub(super) const UNKNOWN_RESPONSE: &str = "returns a document of an unknown form";

/// A conversation that came to an end.
pub(super) struct Conversation {
    /// Each request with its response, as they crossed the boundary.
    pub documents: Vec<(Vec<u8>, Vec<u8>)>,
    /// The last request.
    pub request: Value,
    /// All that was asked for.
    pub asked: Vec<Lookup>,
    /// How it ended.
    pub end: End,
}

/// How a conversation ended, within the protocol.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum End {
    Done(Value),
    Failed(Failure),
}

impl Conversation {
    /// Holds a conversation, in which the fixtures answer.
    ///
    /// # Errors
    ///
    /// How the contribution breaks the protocol.
    pub fn hold(
        subject: &dyn Subject,
        contribution: &str,
        request: &Request,
        fixtures: &Fixtures,
    ) -> Result<Self, String> {
        let mut conversation = Self {
            documents: Vec::new(),
            request: json(request)?,
            asked: Vec::new(),
            end: End::Failed(Failure::new("nothing was asked yet")),
        };
        for _ in 0..MAX_ROUNDS {
            let document = conversation.request.to_string().into_bytes();
            let answer = subject.step(contribution.as_bytes(), &document)?;
            let response = parse(&answer)?;
            conversation.documents.push((document, answer));
            let lookups = match response {
                Response::Done(done) => {
                    conversation.end = End::Done(done);
                    return Ok(conversation);
                }
                Response::Failed(failure) => {
                    conversation.end = End::Failed(failure);
                    return Ok(conversation);
                }
                Response::Need(lookups) => lookups,
                Response::Panicked(message) => return Err(panics(&message)),
                _ => return Err(UNKNOWN_RESPONSE.to_owned()),
            };
            conversation.answer(lookups, fixtures)?;
        }
        Err(format!("asks for more facts {MAX_ROUNDS} times over"))
    }

    /// Adds the answers to those lookups that are new.
    fn answer(&mut self, lookups: Vec<Lookup>, fixtures: &Fixtures) -> Result<(), String> {
        let before = self.asked.len();
        for lookup in lookups {
            if self.asked.contains(&lookup) {
                continue;
            }
            let answer = fixtures.gather(&lookup)?;
            let fact = json!({ "lookup": json(&lookup)?, "answer": answer });
            if let Some(facts) = self.request.get_mut("facts").and_then(Value::as_array_mut) {
                facts.push(fact);
            }
            self.asked.push(lookup);
        }
        if self.asked.len() == before { Err("asks only for facts that it has already".to_owned()) } else { Ok(()) }
    }
}

/// Reads a response document.
///
/// # Errors
///
/// What is wrong with it; a panic that the SDK caught is one of these things.
pub(super) fn parse(answer: &[u8]) -> Result<Response<Value>, String> {
    if answer.len() > MAX_RESPONSE {
        return Err(format!("returns {} bytes, and {MAX_RESPONSE} are the limit", answer.len()));
    }
    match serde_json::from_slice(answer) {
        Ok(Response::Panicked(message)) => Err(panics(&message)),
        Ok(response) => Ok(response),
        Err(error) => Err(format!("returns a document of an unknown form: {error}")),
    }
}

fn panics(message: &str) -> String {
    format!("panics: {message}")
}
