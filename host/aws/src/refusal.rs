//! Refused connections, which are not retried.
//!
//! The SDK retries all errors of connections. But a refused connection or an untrusted certificate fails again, and the user
//! would wait ten seconds for the same error.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, SharedRetryClassifier};
use http_body_util::LengthLimitError;
use std::error::Error as StdError;
use std::io;

/// Forbids retries of refused connections. This overrides the SDK's own classifiers.
#[derive(Debug)]
struct NoRetryOfRefusals;

/// The classifier for the configuration of each client.
pub(crate) fn no_retry_of_refusals() -> SharedRetryClassifier {
    SharedRetryClassifier::new(NoRetryOfRefusals)
}

impl ClassifyRetry for NoRetryOfRefusals {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else { return RetryAction::NoActionIndicated };
        let is_refused = error.as_connector_error().and_then(find_refusal).is_some();
        if is_refused || is_too_large(error) { RetryAction::RetryForbidden } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "no retry of refused connections"
    }
}

/// Whether a response was larger than the limit.
pub(crate) fn is_too_large(error: &(dyn StdError + 'static)) -> bool {
    let mut chain = std::iter::successors(Some(error), |&error| error.source());
    chain.any(<dyn StdError>::is::<LengthLimitError>)
}

/// How a connection was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConnectionRefusal {
    /// No server listens on the port.
    Port,
    /// The TLS handshake failed, or the certificate is not trusted.
    Tls,
}

/// Finds the refusal of a connection in an error.
pub(crate) fn find_refusal(error: &ConnectorError) -> Option<ConnectionRefusal> {
    let mut error: &(dyn StdError + 'static) = error;
    loop {
        let io = error.downcast_ref::<io::Error>();
        match io.map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => return Some(ConnectionRefusal::Port),
            // Errors of the TLS library have this kind.
            Some(io::ErrorKind::InvalidData) => return Some(ConnectionRefusal::Tls),
            // `source` of a wrapping error skips the wrapped one.
            _ => match io.and_then(io::Error::get_ref) {
                Some(wrapped) => error = wrapped,
                None => error = error.source()?,
            },
        }
    }
}
