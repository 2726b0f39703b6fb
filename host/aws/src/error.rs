//! Converts errors of the AWS SDK. AWS's error code, message and request id are the source.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::{Response, StatusCode};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use std::error::Error as StdError;

use crate::key_holder::KeyHolder;
use crate::refusal::{ConnectionRefusal, find_refusal, is_too_large};
use leverage_error::{Error, Kind};

/// Error codes for invalid credentials.
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

/// Error codes for a wrong clock.
const CLOCK: [&str; 3] = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"];

/// Whether the error says that the caller is not authorized.
pub(crate) fn is_access_denied<E: ProvideErrorMetadata>(error: &E) -> bool {
    matches!(error.code(), Some("AccessDenied" | "AccessDeniedException"))
}

/// Describes what AWS returned: code, message and request id, with masked secrets.
pub(crate) fn describe_service_error<E: ProvideErrorMetadata>(
    holder: &KeyHolder,
    error: &SdkError<E, Response>,
) -> String {
    let service = error.as_service_error();
    let code = service.and_then(E::code).unwrap_or("unknown error");
    let message = service.and_then(E::message).unwrap_or("no message");
    holder.mask(&with_request_id(format!("{code}: {message}"), error))
}

/// Adds the request id, by which AWS Support finds the request. It is in a header, even if the body is empty.
fn with_request_id<E>(cause: String, error: &SdkError<E, Response>) -> String {
    match error.request_id() {
        Some(id) => format!("{cause} (request id {id})"),
        None => cause,
    }
}

/// Converts the error of an `operation` such as `sts:GetCallerIdentity`.
pub(crate) fn convert_error<E>(holder: &KeyHolder, operation: &str, error: &SdkError<E, Response>) -> Error
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    match error {
        SdkError::ServiceError(context) => {
            let returned = describe_service_error(holder, error);
            convert_service_error(holder, operation, context.err(), context.raw().status()).cause(returned)
        }
        SdkError::ResponseError(_) if is_too_large(error) => {
            Error::new(Kind::Aws, format!("AWS returned a response to `{operation}` that is larger than 16 MiB"))
                .hint("if `AWS_ENDPOINT_URL` is set, check that it leads to AWS")
        }
        SdkError::ResponseError(_) => {
            Error::new(Kind::Network, format!("failed to read AWS's response to `{operation}`"))
                .cause(holder.mask(&with_request_id(root_of(error), error)))
                .hint(LATER_HINT)
        }
        SdkError::TimeoutError(_) => {
            Error::new(Kind::Network, format!("AWS did not respond to `{operation}` in time")).hint(NETWORK_HINT)
        }
        SdkError::DispatchFailure(failure) => {
            let cause = failure.as_connector_error().map_or_else(String::new, |error| root_of(error));
            let (what, hint) = match failure.as_connector_error().and_then(find_refusal) {
                Some(ConnectionRefusal::Tls) => ("failed to open a trusted connection to AWS", TLS_HINT),
                _ if failure.is_timeout() => ("AWS did not respond in time", NETWORK_HINT),
                _ => ("failed to reach AWS", NETWORK_HINT),
            };
            Error::new(Kind::Network, format!("{what} for `{operation}`")).cause(holder.mask(&cause)).hint(hint)
        }
        other => Error::new(Kind::Internal, format!("failed to build the request for `{operation}`"))
            .cause(holder.mask(&root_of(other))),
    }
}

/// Converts an error that AWS returned, without its source.
fn convert_service_error<E>(holder: &KeyHolder, operation: &str, error: &E, status: StatusCode) -> Error
where
    E: ProvideErrorMetadata,
{
    match error.code().unwrap_or_default() {
        // For a wrong clock, GetCallerIdentity returns the code of a wrong signature.
        code if CLOCK.contains(&code) || is_about_time(error.message()) => {
            Error::new(Kind::Aws, format!("AWS refused `{operation}`, because the clock of this machine is wrong"))
                .hint("set the clock, then run the command again")
        }
        code if REJECTED.contains(&code) => rejected(code, holder.profile()),
        "" => Error::new(Kind::Aws, format!("AWS returned HTTP status {status} and no error code for `{operation}`"))
            .hint(LATER_HINT),
        _ if status.is_server_error() => {
            Error::new(Kind::Aws, format!("AWS failed to process `{operation}`")).hint(LATER_HINT)
        }
        _ => Error::new(Kind::Aws, format!("AWS refused `{operation}`")),
    }
}

/// For errors that pass.
const LATER_HINT: &str = "run the command again later";
/// For errors of the network.
pub(crate) const NETWORK_HINT: &str = "check the network and, if they are set, `HTTPS_PROXY` and `AWS_ENDPOINT_URL`";
/// For errors of TLS.
const TLS_HINT: &str = "check the proxy and, if it is set, `AWS_ENDPOINT_URL`: the server must present a certificate that \
                        this machine trusts, or that is in the file of `AWS_CA_BUNDLE`";

/// Whether the message of a wrong signature says that the clock is the reason: AWS has no code for that.
fn is_about_time(message: Option<&str>) -> bool {
    message
        .is_some_and(|message| message.contains("Signature expired") || message.contains("Signature not yet current"))
}

/// The error of invalid keys, which are new or those of an existing profile.
fn rejected(code: &str, profile: Option<&str>) -> Error {
    let (why, hint) = match code {
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "IncompleteSignature" => (
            "the secret access key does not match the access key id",
            "copy both from the same line of the `.csv` file",
        ),
        "ExpiredToken" | "ExpiredTokenException" => ("they have expired", "create new access keys in the IAM console"),
        _ => ("unknown access key id", "check in the IAM console that the access key exists and is active"),
    };
    match profile {
        None => Error::new(Kind::CredentialsRejected, format!("AWS rejected the access keys: {why}")).hint(hint),
        Some(name) => Error::new(
            Kind::CredentialsRejected,
            format!("AWS rejected the access keys of the existing profile `{name}`: {why}"),
        )
        .hint(format!("replace the access keys of `{name}` first")),
    }
}

/// The innermost source of an error: `connection refused` rather than `dispatch failure`.
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

    fn holder(whose: &Credentials) -> KeyHolder {
        let secret = Zeroizing::new("s".repeat(40));
        let keys = AccessKeys { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), secret, session_token: None };
        KeyHolder::new(&keys, whose)
    }

    fn new_keys() -> Credentials {
        Credentials::Keys(KeyPair::new("AKIAIOSFODNN7EXAMPLE", SecretRef::from_id("0")))
    }

    fn error_for(holder: &KeyHolder, code: Option<&str>, message: &str) -> Error {
        let mut metadata = ErrorMetadata::builder().message(message);
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        let mut response = Response::new(403.try_into().expect("a status"), SdkBody::empty());
        response.headers_mut().insert("x-amzn-requestid", "id-1");
        convert_error(
            holder,
            "op",
            &SdkError::service_error(GetCallerIdentityError::generic(metadata.build()), response),
        )
    }

    fn error_of_code(code: &str) -> Error {
        error_for(&holder(&new_keys()), Some(code), "m")
    }

    #[test]
    fn convert_error_keeps_code_and_request_id() {
        let kinds = [(Kind::CredentialsRejected, &REJECTED[..]), (Kind::Aws, &CLOCK), (Kind::Aws, &["AccessDenied"])];
        for (kind, code) in kinds.into_iter().flat_map(|(kind, codes)| codes.iter().map(move |code| (kind, *code))) {
            let error = error_of_code(code);
            assert_eq!((error.kind, error.causes().as_deref()), (kind, Some(&*format!("{code}: m (request id id-1)"))));
        }
    }

    #[test]
    fn convert_error_without_code_keeps_request_id() {
        let error = error_for(&holder(&new_keys()), None, "m");
        assert_eq!(error.message, "AWS returned HTTP status 403 and no error code for `op`");
        assert_eq!(error.causes().as_deref(), Some("unknown error: m (request id id-1)"));
    }

    #[test]
    fn convert_error_masks_secrets_of_repeated_request() {
        let repeated = format!("The canonical string was\nx-amz-security-token:abc\n{}", "s".repeat(40));
        for code in [None, Some("SignatureDoesNotMatch"), Some("AccessDenied"), Some("RequestExpired")] {
            let cause = error_for(&holder(&new_keys()), code, &repeated).causes().expect("a cause");
            assert!(cause.contains("x-amz-security-token:********\n********"), "{cause}");
        }
    }

    #[test]
    fn convert_error_distinguishes_wrong_clock_from_wrong_secret() {
        assert!(error_of_code("RequestTimeTooSkewed").message.contains("clock"));
        assert!(error_of_code("SignatureDoesNotMatch").message.contains("the secret access key does not match"));
    }

    #[test]
    fn convert_error_distinguishes_keys_of_profile_from_new_ones() {
        let profile = holder(&Credentials::Profile("ex-management".to_owned()));
        for code in REJECTED {
            let error = error_for(&profile, Some(code), "m");
            assert!(error.message.contains("of the existing profile `ex-management`"), "{error}");
            let hint = error.hints.concat();
            assert!(hint.contains("replace the access keys of `ex-management`") && !hint.contains(".csv"), "{hint}");
            assert!(!error_of_code(code).message.contains("profile"));
        }
    }
}
