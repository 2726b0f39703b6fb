//! Answers requests as AWS does.

mod authentication;
mod context;
mod failure;
mod iam;
mod organizations;
mod sts;
mod xml;

use std::collections::HashMap;

use hyper::http::request::Parts;
use jiff::{SignedDuration, Timestamp};

use self::context::{Context, Parameters};
use self::failure::Failure;
use crate::fault::FaultKind;
use crate::operation::{Operation, Service};
use crate::world::World;

/// A reply.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
    pub(crate) request_id: String,
}

/// A parsed request, with its operation and parameters.
pub(crate) struct ApiRequest<'a> {
    head: &'a Parts,
    body: &'a [u8],
    parameters: Parameters,
    target: Result<Operation, UnknownOperation>,
}

/// An operation that the sandbox does not serve.
struct UnknownOperation {
    name: String,
    service: Service,
}

impl<'a> ApiRequest<'a> {
    /// Parses a request.
    pub(crate) fn new(head: &'a Parts, body: &'a [u8]) -> Self {
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
            _ => Err(UnknownOperation { name, service }),
        };
        Self { head, body, parameters, target }
    }

    /// The operation, if the sandbox serves it.
    pub(crate) fn operation(&self) -> Option<Operation> {
        self.target.as_ref().ok().copied()
    }

    /// The operation's name, whether the sandbox serves it or not.
    pub(crate) fn name(&self) -> &str {
        self.target.as_ref().map_or_else(|unknown| unknown.name.as_str(), |operation| operation.name())
    }

    /// Answers this request, with the given fault.
    pub(crate) fn answer(&self, world: &World, fault: Option<FaultKind>) -> Reply {
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
        let caller = authentication::authenticate(world, operation.service(), self.head, self.body, now)?;
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

/// The document of a successful reply in the Query protocol.
fn query_reply(operation: Operation, content: &str, request_id: &str) -> String {
    let metadata = xml::element("ResponseMetadata", &xml::text("RequestId", request_id));
    let result = xml::element(&format!("{operation}Result"), content);
    let namespace = operation.service().namespace().unwrap_or_default();
    xml::document(&format!("{operation}Response"), namespace, &(result + &metadata))
}
