//! An authenticated request: its caller and its parameters.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

use super::failure::Failure;
use crate::identity::Caller;
use crate::operation::Operation;
use crate::world::World;

/// The parameters of a request, in one of two protocols.
pub(crate) enum Parameters {
    Form(HashMap<String, String>),
    Json(Value),
}

/// A request with a valid signature.
pub(crate) struct Context<'a> {
    pub(crate) world: &'a World,
    pub(crate) caller: Caller<'a>,
    pub(crate) parameters: &'a Parameters,
    pub(crate) now: Timestamp,
}

impl Context<'_> {
    /// A parameter of the Query protocol.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.parameters {
            Parameters::Form(form) => form.get(name).map(String::as_str),
            Parameters::Json(_) => None,
        }
    }

    /// A parameter of the JSON protocol.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        match self.parameters {
            Parameters::Form(_) => None,
            Parameters::Json(document) => document.get(name).filter(|value| !value.is_null()),
        }
    }

    pub(crate) fn is_administrator(&self) -> bool {
        self.caller.is_administrator(&self.world.organization)
    }

    pub(crate) fn not_authorized(&self, operation: Operation, resource: &str) -> Failure {
        let action = format!("{}:{operation}", operation.service().signing_name());
        Failure::not_authorized(self.caller.arn(), &action, resource)
    }
}
