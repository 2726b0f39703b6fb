//! One conversation with a contribution: request, lookups, answers, result. The documents are kept for later checks.

use serde_json::{Value, json};

use crate::fixtures::{Fixtures, json};
use crate::subject::Subject;
use leverage_plugin_api::model::{Failure, Lookup, Request, Response};

/// The maximum number of rounds, as in the host.
const MAX_ROUNDS: usize = 64;
/// The maximum size of a response in bytes: 5,000 accounts need less than a tenth.
const MAX_RESPONSE: usize = 64 << 20;
/// The problem with a response of a later version of the contract.
pub(super) const UNKNOWN_RESPONSE: &str = "returns an invalid document";

/// A complete conversation.
pub(super) struct Conversation {
    /// Each request and its response.
    pub documents: Vec<(Vec<u8>, Vec<u8>)>,
    /// The last request.
    pub request: Value,
    /// All requested lookups.
    pub asked: Vec<Lookup>,
    /// Its end.
    pub end: End,
}

/// The end of a conversation, within the protocol.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum End {
    Done(Value),
    Failed(Failure),
}

impl Conversation {
    /// Runs a conversation with answers from the fixtures.
    ///
    /// # Errors
    ///
    /// How the contribution violates the protocol.
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
        Err(format!("requests more facts {MAX_ROUNDS} times"))
    }

    /// Adds the answers to new lookups.
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
        if self.asked.len() == before { Err("requests only facts that it already has".to_owned()) } else { Ok(()) }
    }
}

/// Reads a response document.
///
/// # Errors
///
/// What is wrong with it, including a panic that the SDK caught.
pub(super) fn parse(answer: &[u8]) -> Result<Response<Value>, String> {
    if answer.len() > MAX_RESPONSE {
        return Err(format!("returns {} bytes; the limit is {MAX_RESPONSE}", answer.len()));
    }
    match serde_json::from_slice(answer) {
        Ok(Response::Panicked(message)) => Err(panics(&message)),
        Ok(response) => Ok(response),
        Err(error) => Err(format!("returns an invalid document: {error}")),
    }
}

fn panics(message: &str) -> String {
    format!("panics: {message}")
}
