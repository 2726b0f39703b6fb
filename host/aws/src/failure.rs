//! What AWS refuses, in words: the error code and request id are kept.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use std::error::Error as StdError;

use super::caller::Caller;
use super::retry::{Refusal, refusal};
use leverage_error::{Error, Kind};

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

/// What AWS said: code, message and request id, without the caller's secrets.
pub(super) fn said<E: ProvideErrorMetadata>(caller: &Caller, error: &SdkError<E, Response>) -> String {
    let service = error.as_service_error();
    let code = service.and_then(E::code).unwrap_or("unknown error");
    let message = service.and_then(E::message).unwrap_or("no message");
    caller.masked(&with_request_id(format!("{code}: {message}"), error))
}

/// Adds the id by which AWS Support finds the request. It is in a header, also where the answer says nothing.
fn with_request_id<E>(cause: String, error: &SdkError<E, Response>) -> String {
    match error.request_id() {
        Some(id) => format!("{cause} (request id {id})"),
        None => cause,
    }
}

/// The error that `operation` failed with, such as `sts:GetCallerIdentity`.
pub(super) fn failure<E>(caller: &Caller, operation: &str, error: &SdkError<E, Response>) -> Error
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    match error {
        SdkError::ServiceError(context) => {
            let service = context.err();
            let said = said(caller, error);
            match service.code().unwrap_or_default() {
                // GetCallerIdentity reports a skewed clock as a bad signature, with a message that says so.
                code if CLOCK.contains(&code) || is_about_time(service.message()) => {
                    Error::new(Kind::Aws, "AWS refused the request because this machine's clock is wrong")
                        .cause(said)
                        .hint("set the clock, then run the command again")
                }
                code if REJECTED.contains(&code) => rejected(code, caller.profile()).cause(said),
                "" => Error::new(
                    Kind::Aws,
                    format!("AWS answered {operation} with HTTP status {} and no reason", context.raw().status()),
                )
                .cause(said)
                .hint(LATER_HINT),
                _ if context.raw().status().is_server_error() => {
                    Error::new(Kind::Aws, format!("AWS failed at {operation}")).cause(said).hint(LATER_HINT)
                }
                _ => Error::new(Kind::Aws, format!("AWS refused {operation}")).cause(said),
            }
        }
        SdkError::ResponseError(_) => Error::new(Kind::Network, format!("AWS's answer to {operation} can't be read"))
            .cause(caller.masked(&with_request_id(root_of(error), error)))
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
            Error::new(Kind::Network, format!("{what} for {operation}")).cause(caller.masked(&cause)).hint(hint)
        }
        other => Error::new(Kind::Internal, format!("the request {operation} can't be made"))
            .cause(caller.masked(&root_of(other))),
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

/// The keys are not valid: those of an existing profile, or new ones, for which there is a file to compare them with.
fn rejected(code: &str, profile: Option<&str>) -> Error {
    let (why, hint) = match code {
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "IncompleteSignature" => (
            "the secret access key does not belong to the access key id",
            "check that both halves come from the same line of the `.csv` file",
        ),
        "ExpiredToken" | "ExpiredTokenException" => ("they have expired", "create new access keys in the IAM console"),
        _ => ("there is no such access key id", "check that the keys exist and are active in the IAM console"),
    };
    match profile {
        None => Error::new(Kind::CredentialsRejected, format!("AWS rejected the access keys: {why}")).hint(hint),
        Some(name) => Error::new(
            Kind::CredentialsRejected,
            format!("AWS rejected the access keys that the profile {name} holds already: {why}"),
        )
        .hint(format!("new access keys for another profile are not at fault: give {name} valid ones first")),
    }
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
    use leverage_plugin_api::model::{Credentials, KeyPair, SecretRef};
    use zeroize::Zeroizing;

    use super::*;
    use leverage_core::access_keys::AccessKeys;

    fn caller(whose: &Credentials) -> Caller {
        let secret = Zeroizing::new("s".repeat(40));
        let keys = AccessKeys { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), secret, session_token: None };
        Caller::new(&keys, whose)
    }

    fn new_keys() -> Credentials {
        Credentials::Keys(KeyPair::new("AKIAIOSFODNN7EXAMPLE", SecretRef::from_id("0")))
    }

    fn of_caller(caller: &Caller, code: Option<&str>, message: &str) -> Error {
        let mut metadata = ErrorMetadata::builder().message(message);
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        let mut response = Response::new(403.try_into().expect("a status"), SdkBody::empty());
        response.headers_mut().insert("x-amzn-requestid", "id-1");
        failure(caller, "op", &SdkError::service_error(GetCallerIdentityError::generic(metadata.build()), response))
    }

    fn of_code(code: &str) -> Error {
        of_caller(&caller(&new_keys()), Some(code), "m")
    }

    #[test]
    fn every_code_keeps_its_name_and_the_request_id() {
        let kinds = [(Kind::CredentialsRejected, &REJECTED[..]), (Kind::Aws, &CLOCK), (Kind::Aws, &["AccessDenied"])];
        for (kind, code) in kinds.into_iter().flat_map(|(kind, codes)| codes.iter().map(move |code| (kind, *code))) {
            let error = of_code(code);
            assert_eq!((error.kind, error.causes().as_deref()), (kind, Some(&*format!("{code}: m (request id id-1)"))));
        }
    }

    #[test]
    fn an_error_without_a_code_keeps_the_request_id_too() {
        let error = of_caller(&caller(&new_keys()), None, "m");
        assert_eq!(error.message, "AWS answered op with HTTP status 403 and no reason");
        assert_eq!(error.causes().as_deref(), Some("unknown error: m (request id id-1)"));
    }

    #[test]
    fn a_request_that_aws_repeats_shows_no_secret() {
        let repeated = format!("The canonical string was\nx-amz-security-token:abc\n{}", "s".repeat(40));
        for code in [None, Some("SignatureDoesNotMatch"), Some("AccessDenied"), Some("RequestExpired")] {
            let cause = of_caller(&caller(&new_keys()), code, &repeated).causes().expect("a cause");
            assert!(cause.contains("x-amz-security-token:********\n********"), "{cause}");
        }
    }

    #[test]
    fn a_wrong_clock_is_told_from_a_wrong_secret() {
        assert!(of_code("RequestTimeTooSkewed").message.contains("clock"));
        assert!(of_code("SignatureDoesNotMatch").message.contains("the secret access key does not belong"));
    }

    #[test]
    fn rejected_keys_of_a_profile_are_told_from_new_ones() {
        let profile = caller(&Credentials::Profile("ex-management".to_owned()));
        for code in REJECTED {
            let error = of_caller(&profile, Some(code), "m");
            assert!(error.message.contains("that the profile ex-management holds already"), "{error}");
            let hint = error.hints.concat();
            assert!(hint.contains("give ex-management valid ones") && !hint.contains(".csv"), "{hint}");
            assert!(!of_code(code).message.contains("profile"));
        }
    }
}
