//! What AWS refuses, in words: the error code and request id are kept.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use std::error::Error as StdError;

use super::retry::{Refusal, refusal};
use crate::error::{Error, Kind};

/// Codes that say that the credentials are not valid.
const REJECTED: [&str; 8] = [
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
];

/// Codes that say that the clock is wrong.
const CLOCK: [&str; 3] = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"];

/// Whether the error says that these credentials may not do this.
pub(super) fn is_access_denied<E: ProvideErrorMetadata>(error: &E) -> bool {
    matches!(error.code(), Some("AccessDenied" | "AccessDeniedException"))
}

/// What AWS said: code, message and request id.
pub(super) fn said<E: ProvideErrorMetadata + RequestId>(error: &E) -> String {
    let code = error.code().unwrap_or("unknown error");
    let message = error.message().unwrap_or("no message");
    match error.request_id() {
        Some(id) => format!("{code}: {message} (request id {id})"),
        None => format!("{code}: {message}"),
    }
}

/// The error that `operation` failed with, such as `sts:GetCallerIdentity`.
pub(super) fn failure<E>(operation: &str, error: &SdkError<E, Response>) -> Error
where
    E: ProvideErrorMetadata + RequestId + StdError + 'static,
{
    match error {
        SdkError::ServiceError(context) => {
            let service = context.err();
            match service.code().unwrap_or_default() {
                // GetCallerIdentity reports a skewed clock as a bad signature, with a message that says so.
                code if CLOCK.contains(&code) || is_about_time(service.message()) => {
                    Error::new(Kind::Aws, "AWS refused the request because this machine's clock is wrong")
                        .cause(said(service))
                        .hint("set the clock, then run the command again")
                }
                code if REJECTED.contains(&code) => rejected(code).cause(said(service)),
                "" => Error::new(
                    Kind::Aws,
                    format!("AWS answered {operation} with HTTP status {} and no reason", context.raw().status()),
                )
                .hint(LATER_HINT),
                _ if context.raw().status().is_server_error() => {
                    Error::new(Kind::Aws, format!("AWS failed at {operation}")).cause(said(service)).hint(LATER_HINT)
                }
                _ => Error::new(Kind::Aws, format!("AWS refused {operation}")).cause(said(service)),
            }
        }
        SdkError::ResponseError(_) => Error::new(Kind::Network, format!("AWS's answer to {operation} can't be read"))
            .cause(root_of(error))
            .hint(LATER_HINT),
        SdkError::TimeoutError(_) => {
            Error::new(Kind::Network, format!("AWS did not answer {operation} in time")).hint(NETWORK_HINT)
        }
        SdkError::DispatchFailure(failure) => {
            let cause = failure.as_connector_error().map_or_else(String::new, |error| root_of(error));
            let (what, hint) = match failure.as_connector_error().and_then(refusal) {
                Some(Refusal::Tls) => ("there is no trusted connection to AWS", TLS_HINT),
                _ if failure.is_timeout() => ("AWS did not answer in time", NETWORK_HINT),
                _ => ("AWS can't be reached", NETWORK_HINT),
            };
            Error::new(Kind::Network, format!("{what} for {operation}")).cause(cause).hint(hint)
        }
        other => Error::new(Kind::Internal, format!("the request {operation} can't be made")).cause(root_of(other)),
    }
}

const LATER_HINT: &str = "nothing was changed; run the command again in a while";
const NETWORK_HINT: &str = "check the network and, if it is set, AWS_ENDPOINT_URL";
const TLS_HINT: &str = "check the proxy or, if it is set, AWS_ENDPOINT_URL: what answers there has to show a certificate \
                        that this machine trusts";

fn is_about_time(message: Option<&str>) -> bool {
    message
        .is_some_and(|message| message.contains("Signature expired") || message.contains("Signature not yet current"))
}

fn rejected(code: &str) -> Error {
    let (message, hint) = match code {
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "IncompleteSignature" => (
            "AWS rejected the access keys: the secret access key does not belong to the access key id",
            "check that both halves come from the same line of the `.csv` file",
        ),
        "ExpiredToken" | "ExpiredTokenException" => {
            ("AWS rejected the access keys: they have expired", "create new access keys in the IAM console")
        }
        _ => (
            "AWS rejected the access keys: there is no such access key id",
            "check that the keys exist and are active in the IAM console",
        ),
    };
    Error::new(Kind::CredentialsRejected, message).hint(hint)
}

/// The innermost reason of an error: `connection refused` rather than `dispatch failure`.
fn root_of(error: &(dyn StdError + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use aws_sdk_sts::error::ErrorMetadata;
    use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn of_code(code: &str) -> Error {
        let metadata = ErrorMetadata::builder().code(code).message("m").custom("aws_request_id", "id-1").build();
        let response = Response::new(403.try_into().expect("a status"), SdkBody::empty());
        failure("op", &SdkError::service_error(GetCallerIdentityError::generic(metadata), response))
    }

    #[test]
    fn every_code_keeps_its_name_and_the_request_id() {
        let kinds = [(Kind::CredentialsRejected, &REJECTED[..]), (Kind::Aws, &CLOCK), (Kind::Aws, &["AccessDenied"])];
        for (kind, code) in kinds.into_iter().flat_map(|(kind, codes)| codes.iter().map(move |code| (kind, *code))) {
            let error = of_code(code);
            assert_eq!((error.kind, error.cause.as_deref()), (kind, Some(&*format!("{code}: m (request id id-1)"))));
        }
    }

    #[test]
    fn a_wrong_clock_is_told_from_a_wrong_secret() {
        assert!(of_code("RequestTimeTooSkewed").message.contains("clock"));
        assert!(of_code("SignatureDoesNotMatch").message.contains("the secret access key does not belong"));
    }
}
