//! From a request to the reply that AWS would give.

mod authentication;
mod failure;
mod iam;
mod organizations;
mod sts;
mod xml;

use std::collections::HashMap;

use hyper::http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use self::failure::Failure;
use super::fault::FaultKind;
use super::identity::Caller;
use super::operation::{Operation, Service};
use super::world::World;

/// What a reply consists of.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) body: String,
    pub(super) request_id: String,
}

/// A request whose operation is known, with its parameters.
pub(super) struct Call<'a> {
    head: &'a Parts,
    body: &'a [u8],
    parameters: Parameters,
    target: Result<Operation, Unknown>,
}

/// An operation that the sandbox does not serve.
struct Unknown {
    name: String,
    service: Service,
}

/// The two ways to pass parameters.
enum Parameters {
    Form(HashMap<String, String>),
    Json(Value),
}

/// A caller who has proved who it is, and when.
struct Context<'a> {
    world: &'a World,
    caller: Caller<'a>,
    parameters: &'a Parameters,
    now: Timestamp,
}

impl<'a> Call<'a> {
    /// Finds out which operation is meant.
    pub(super) fn new(head: &'a Parts, body: &'a [u8]) -> Self {
        let target = head.headers.get("x-amz-target").and_then(|value| value.to_str().ok());
        let (name, parameters, service) = match target {
            Some(target) => {
                let name = target.strip_prefix("AWSOrganizationsV20161128.").unwrap_or(target);
                let parameters = serde_json::from_slice(body).unwrap_or_default();
                (name.to_owned(), Parameters::Json(parameters), Service::Organizations)
            }
            None => {
                let form: HashMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
                let name = form.get("Action").cloned().unwrap_or_default();
                let service =
                    if form.get("Version").is_some_and(|it| it == "2010-05-08") { Service::Iam } else { Service::Sts };
                (name, Parameters::Form(form), service)
            }
        };
        let target = match name.parse::<Operation>() {
            Ok(operation) if operation.service() == service && head.uri.path() == "/" => Ok(operation),
            _ => Err(Unknown { name, service }),
        };
        Self { head, body, parameters, target }
    }

    /// The operation, if the sandbox serves it.
    pub(super) fn operation(&self) -> Option<Operation> {
        self.target.as_ref().ok().copied()
    }

    /// The operation's name, whether the sandbox serves it or not.
    pub(super) fn name(&self) -> &str {
        self.target.as_ref().map_or_else(|unknown| unknown.name.as_str(), |operation| operation.name())
    }

    /// The reply to this request, in which `fault` strikes.
    pub(super) fn answer(&self, world: &World, fault: Option<FaultKind>) -> Reply {
        let request_id = world.random.request_id();
        let service = self.target.as_ref().map_or_else(|unknown| unknown.service, |operation| operation.service());
        let (status, body) = match self.result(world, fault, &request_id) {
            Ok(body) => (200, body),
            Err(failure) => failure.document(service, &request_id),
        };
        let content_type = if service.namespace().is_some() { "text/xml" } else { "application/x-amz-json-1.1" };
        Reply { status, content_type, body, request_id }
    }

    fn result(&self, world: &World, fault: Option<FaultKind>, request_id: &str) -> Result<String, Failure> {
        let operation = match &self.target {
            Ok(operation) => *operation,
            Err(unknown) => {
                return Err(Failure::UnknownOperation(format!("Could not find operation {}", unknown.name)));
            }
        };
        match fault {
            Some(FaultKind::Throttled) => return Err(Failure::Throttled),
            Some(FaultKind::InternalError) => return Err(Failure::Internal),
            Some(FaultKind::ExpiredToken) => return Err(Failure::ExpiredSession),
            Some(FaultKind::UnknownKey) => return Err(Failure::UnknownKey),
            Some(FaultKind::WrongSignature) => return Err(Failure::wrong_signature()),
            _ => {}
        }
        let ahead =
            if fault == Some(FaultKind::ClockSkew) { SignedDuration::from_hours(1) } else { SignedDuration::ZERO };
        let now = Timestamp::now().saturating_add(ahead).unwrap_or_default();
        let caller = authentication::caller(world, operation.service(), self.head, self.body, now)?;
        let context = Context { world, caller, parameters: &self.parameters, now };
        if fault == Some(FaultKind::AccessDenied) {
            return Err(context.not_authorized(operation, "*"));
        }
        let content = match operation {
            Operation::GetCallerIdentity => sts::get_caller_identity(&context),
            Operation::AssumeRole => sts::assume_role(&context)?,
            Operation::ListMfaDevices => iam::list_mfa_devices(&context)?,
            Operation::DescribeOrganization => return organizations::describe(&context).map(|it| it.to_string()),
            Operation::ListAccounts => return organizations::list_accounts(&context).map(|it| it.to_string()),
            Operation::ListRoots => return organizations::list_roots(&context).map(|it| it.to_string()),
            Operation::ListOrganizationalUnitsForParent => {
                return organizations::list_units(&context).map(|it| it.to_string());
            }
            Operation::ListAccountsForParent => {
                return organizations::list_accounts_of(&context).map(|it| it.to_string());
            }
        };
        Ok(query_reply(operation, &content, request_id))
    }
}

impl Context<'_> {
    /// A parameter of the Query protocol.
    fn text(&self, name: &str) -> Option<&str> {
        match self.parameters {
            Parameters::Form(form) => form.get(name).map(String::as_str),
            Parameters::Json(_) => None,
        }
    }

    /// A parameter of the JSON protocol.
    fn value(&self, name: &str) -> Option<&Value> {
        match self.parameters {
            Parameters::Form(_) => None,
            Parameters::Json(document) => document.get(name).filter(|value| !value.is_null()),
        }
    }

    fn is_administrator(&self) -> bool {
        self.caller.is_administrator(&self.world.organization)
    }

    fn not_authorized(&self, operation: Operation, resource: &str) -> Failure {
        let action = format!("{}:{operation}", operation.service().signing_name());
        Failure::not_authorized(self.caller.arn(), &action, resource)
    }
}

/// The document of a success in the Query protocol.
fn query_reply(operation: Operation, content: &str, request_id: &str) -> String {
    let metadata = xml::element("ResponseMetadata", &xml::text("RequestId", request_id));
    let result = xml::element(&format!("{operation}Result"), content);
    let namespace = operation.service().namespace().unwrap_or_default();
    xml::document(&format!("{operation}Response"), namespace, &(result + &metadata))
}
