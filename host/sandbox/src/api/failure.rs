//! The errors of AWS, in the formats of the two protocols.

use serde_json::json;

use super::xml;
use crate::operation::Service;

/// Why a request failed.
#[derive(Debug, PartialEq)]
pub(crate) enum Failure {
    /// The signature is missing.
    MissingSignature,
    /// A part of the signature is missing; the text is AWS's message.
    IncompleteSignature(&'static str),
    /// The access key is unknown, or has another session token.
    UnknownKey,
    /// The session has expired.
    ExpiredSession,
    /// The signature is wrong; the text is AWS's message.
    Signature(String),
    /// The caller is not authorized; the text is AWS's message.
    AccessDenied(String),
    /// Too many requests.
    Throttled,
    /// AWS itself failed.
    Internal,
    /// An error of a single service.
    Service { status: u16, code: &'static str, message: String, reason: Option<&'static str> },
    /// The operation is unknown; the text is AWS's message.
    UnknownOperation(String),
}

/// Status, code and message.
type Shape<'a> = (u16, &'static str, &'a str);

const NO_MATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
                        Secret Access Key and signing method. Consult the service documentation for details.";

const INTERNAL: &str = "The request processing has failed because of an unknown error, exception or failure.";

impl Failure {
    /// The signature was made with another secret, or for another request.
    pub(crate) fn wrong_signature() -> Self {
        Self::Signature(NO_MATCH.to_owned())
    }

    /// No policy of the caller allows `action`, such as `sts:AssumeRole`.
    pub(crate) fn not_authorized(arn: &str, action: &str, resource: &str) -> Self {
        Self::AccessDenied(format!(
            "User: {arn} is not authorized to perform: {action} on resource: {resource} because no identity-based \
             policy allows the {action} action"
        ))
    }

    /// A parameter of STS or IAM is invalid.
    pub(crate) fn validation(message: String) -> Self {
        Self::Service { status: 400, code: "ValidationError", message, reason: None }
    }

    /// A parameter of Organizations is invalid.
    pub(crate) fn invalid_input(reason: &'static str, message: &str) -> Self {
        let (code, message) = ("InvalidInputException", message.to_owned());
        Self::Service { status: 400, code, message, reason: Some(reason) }
    }

    /// The user is unknown.
    pub(crate) fn no_such_user(name: &str) -> Self {
        let message = format!("The user with name {name} cannot be found.");
        Self::Service { status: 404, code: "NoSuchEntity", message, reason: None }
    }

    /// The parent is neither a root nor an organizational unit.
    pub(crate) fn parent_not_found() -> Self {
        let message = "You specified a parent that doesn't exist.".to_owned();
        Self::Service { status: 400, code: "ParentNotFoundException", message, reason: None }
    }

    /// The account is not in an organization.
    pub(crate) fn no_organization() -> Self {
        let message = "Your account is not a member of an organization.".to_owned();
        Self::Service { status: 400, code: "AWSOrganizationsNotInUseException", message, reason: None }
    }

    /// The status and document of this failure, as `service` sends them.
    pub(super) fn document(&self, service: Service, request_id: &str) -> (u16, String) {
        let Some(namespace) = service.namespace() else { return self.json() };
        let (status, code, message) = self.query_shape(service);
        let party = if status < 500 { "Sender" } else { "Receiver" };
        let error = xml::text("Type", party) + &xml::text("Code", code) + &xml::text("Message", message);
        let content = xml::element("Error", &error) + &xml::text("RequestId", request_id);
        (status, xml::document("ErrorResponse", namespace, &content))
    }

    fn json(&self) -> (u16, String) {
        let (status, code, message) = self.json_shape();
        let document = match self {
            Self::Service { reason: Some(reason), .. } => {
                json!({"__type": code, "Message": message, "Reason": reason})
            }
            Self::Throttled => json!({"__type": code, "Message": message, "Type": "RATE_LIMIT_EXCEEDED"}),
            Self::UnknownOperation(_) => json!({"__type": code}),
            // These errors come from the common front end, which writes the key in lower case.
            Self::MissingSignature
            | Self::IncompleteSignature(_)
            | Self::UnknownKey
            | Self::ExpiredSession
            | Self::Signature(_) => json!({"__type": code, "message": message}),
            _ => json!({"__type": code, "Message": message}),
        };
        (status, document.to_string())
    }

    /// Status, code and message of STS and IAM.
    fn query_shape(&self, service: Service) -> Shape<'_> {
        match self {
            Self::MissingSignature => (403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
            Self::IncompleteSignature(message) => (400, "IncompleteSignature", message),
            Self::UnknownKey => (403, "InvalidClientTokenId", "The security token included in the request is invalid."),
            Self::ExpiredSession => (403, "ExpiredToken", "The security token included in the request is expired"),
            Self::Signature(message) => (403, "SignatureDoesNotMatch", message),
            Self::AccessDenied(message) => (403, "AccessDenied", message),
            Self::Throttled => (400, "Throttling", "Rate exceeded"),
            Self::Internal if service == Service::Iam => (500, "ServiceFailure", INTERNAL),
            Self::Internal => (500, "InternalFailure", INTERNAL),
            Self::Service { status, code, message, .. } => (*status, code, message),
            Self::UnknownOperation(message) => (400, "InvalidAction", message),
        }
    }

    /// Status, code and message of Organizations.
    fn json_shape(&self) -> Shape<'_> {
        match self {
            Self::MissingSignature => (400, "MissingAuthenticationTokenException", "Missing Authentication Token"),
            Self::IncompleteSignature(message) => (400, "IncompleteSignatureException", message),
            Self::UnknownKey => {
                (400, "UnrecognizedClientException", "The security token included in the request is invalid.")
            }
            Self::ExpiredSession => {
                (400, "ExpiredTokenException", "The security token included in the request is expired")
            }
            Self::Signature(message) => (400, "InvalidSignatureException", message),
            Self::AccessDenied(message) => (400, "AccessDeniedException", message),
            Self::Throttled => (
                400,
                "TooManyRequestsException",
                "You have sent too many requests in too short a period of time. Try again later.",
            ),
            Self::Internal => (
                500,
                "ServiceException",
                "AWS Organizations can't complete your request because of an internal service error. Try again later.",
            ),
            Self::Service { status, code, message, .. } => (*status, code, message),
            Self::UnknownOperation(message) => (400, "UnknownOperationException", message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_of_sts_is_xml() {
        let (status, document) = Failure::UnknownKey.document(Service::Sts, "7a62c49f");
        assert_eq!(status, 403);
        assert_eq!(
            document,
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
             <Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.\
             </Message></Error><RequestId>7a62c49f</RequestId></ErrorResponse>"
        );
    }

    #[test]
    fn document_of_organizations_is_json() {
        let (status, document) = Failure::no_organization().document(Service::Organizations, "");
        assert_eq!(status, 400);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&document).unwrap(),
            json!({
                "__type": "AWSOrganizationsNotInUseException",
                "Message": "Your account is not a member of an organization.",
            })
        );
    }

    #[test]
    fn throttling_has_status_400_in_all_services() {
        for service in [Service::Sts, Service::Iam, Service::Organizations] {
            assert_eq!(Failure::Throttled.document(service, "").0, 400);
            assert_eq!(Failure::Internal.document(service, "").0, 500);
        }
    }
}
