//! Which failures are not worth a further try.
//!
//! The SDK tries everything again that has to do with the connection. Where the machine at the other end refuses it, or
//! shows a certificate that isn't trusted, it will do so again, and a person waits ten seconds for the same news.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, SharedRetryClassifier};
use std::error::Error as StdError;
use std::io;

/// A prohibition is final, whatever the SDK's own classifiers say.
#[derive(Debug)]
struct FinalAnswers;

/// What to add to each client's configuration.
pub(super) fn final_answers() -> SharedRetryClassifier {
    SharedRetryClassifier::new(FinalAnswers)
}

impl ClassifyRetry for FinalAnswers {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err).and_then(|error| error.as_connector_error());
        match error.and_then(refusal) {
            Some(_) => RetryAction::RetryForbidden,
            None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "final answers"
    }
}

/// How a connection is refused for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing listens there.
    Connection,
    /// The two don't agree on how to encrypt, or the certificate isn't trusted.
    Tls,
}

/// Whether the connection was refused for good.
pub(super) fn refusal(error: &ConnectorError) -> Option<Refusal> {
    let mut error: &(dyn StdError + 'static) = error;
    loop {
        let io = error.downcast_ref::<io::Error>();
        match io.map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => return Some(Refusal::Connection),
            // What the TLS library finds wrong arrives as data that is not valid.
            Some(io::ErrorKind::InvalidData) => return Some(Refusal::Tls),
            // The source of an error that only wraps another is not that other one, but what is behind it.
            _ => match io.and_then(io::Error::get_ref) {
                Some(wrapped) => error = wrapped,
                None => error = error.source()?,
            },
        }
    }
}
