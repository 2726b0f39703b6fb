//! The parts of a plugin, and how it answers a call: read the document, call the contribution, write the answer.

use abi_stable::std_types::RVec;
use serde::Serialize;

use super::call::StepCall;
use super::guard;
use crate::model::{Failure, Manifest, Response};
use crate::sdk::contribution::{CredentialType, OutputTarget};
use crate::sdk::facts::{Facts, Pause, Step};

/// The parts of a plugin. Written by [`crate::define_plugin!`].
pub struct Definition {
    #[doc(hidden)]
    pub id: &'static str,
    #[doc(hidden)]
    pub version: &'static str,
    #[doc(hidden)]
    pub description: &'static str,
    #[doc(hidden)]
    pub types: &'static [&'static dyn CredentialType],
    #[doc(hidden)]
    pub outputs: &'static [&'static dyn OutputTarget],
    #[doc(hidden)]
    pub lookups: &'static [&'static str],
}

impl Definition {
    /// The manifest.
    pub(super) fn manifest(&self) -> Manifest {
        let mut manifest = Manifest::new(self.id, self.version, env!("CARGO_PKG_VERSION"));
        manifest.description = self.description.trim().to_owned();
        manifest.types = self.types.iter().map(|one| one.info()).collect();
        manifest.outputs = self.outputs.iter().map(|one| one.info()).collect();
        manifest.lookups = self.lookups.iter().map(|&name| name.to_owned()).collect();
        manifest
    }

    /// Calls a contribution and returns its response document.
    fn step(&self, contribution: &[u8], document: &[u8]) -> Vec<u8> {
        let Ok(contribution) = std::str::from_utf8(contribution) else {
            return failed(Failure::new("the name of the contribution is not UTF-8"));
        };
        let StepCall { request, plan, facts } = match StepCall::read(document) {
            Ok(call) => call,
            Err(error) => return failed(Failure::new(format!("invalid request: {error}"))),
        };
        let facts = Facts::new(facts);
        match contribution.split_once('/') {
            Some(("type", name)) => match self.types.iter().find(|one| one.info().name == name) {
                Some(one) => respond(one.plan(&request, &facts)),
                None => unknown(contribution),
            },
            Some(("output", name)) => match self.outputs.iter().find(|one| one.info().name == name) {
                Some(one) => match plan {
                    Some(plan) => respond(one.render(&request, &plan, &facts)),
                    None => failed(Failure::new("the request to an output target has no plan")),
                },
                None => unknown(contribution),
            },
            _ => unknown(contribution),
        }
    }
}

fn unknown(contribution: &str) -> Vec<u8> {
    failed(Failure::new(format!("unknown contribution {contribution:?}")))
}

fn failed(failure: Failure) -> Vec<u8> {
    encode(&Response::<()>::Failed(failure))
}

fn respond<T: Serialize>(step: Step<T>) -> Vec<u8> {
    encode(&match step {
        Ok(done) => Response::Done(done),
        Err(Pause::Need(lookups)) => Response::Need(lookups),
        Err(Pause::Failed(failure)) => Response::Failed(failure),
    })
}

fn encode<T: Serialize>(document: &T) -> Vec<u8> {
    serde_json::to_vec(document).unwrap_or_else(|error| {
        format!(r#"{{"failed":{{"message":"failed to write the response as JSON ({error:?})"}}}}"#).into_bytes()
    })
}

/// Runs `serve` without letting a panic reach the boundary, where it would abort the process.
fn guarded(serve: impl FnOnce() -> Vec<u8>) -> RVec<u8> {
    RVec::from(guard::catch(serve).unwrap_or_else(|message| encode(&Response::<()>::Panicked(message))))
}

#[doc(hidden)]
pub fn serve_manifest(definition: &Definition) -> RVec<u8> {
    guarded(|| encode(&definition.manifest()))
}

#[doc(hidden)]
pub fn serve_step(definition: &Definition, contribution: &[u8], document: &[u8]) -> RVec<u8> {
    guarded(|| definition.step(contribution, document))
}
