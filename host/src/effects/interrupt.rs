//! Runs asynchronous work on the current thread, until it ends or the user presses Ctrl-C.

use leverage_error::{Error, Kind, Result};

/// Runs `work`. Ctrl-C drops it at the next point where it waits for the network; nothing is written by then. A commit does
/// not wait, so it always runs to its end.
///
/// # Errors
///
/// The error of `work`, or [`Kind::Interrupted`].
pub fn run_until_interrupted<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(Kind::Internal, "failed to start the asynchronous runtime").cause(error))?;
    runtime.block_on(async {
        tokio::select! {
            biased;
            result = work => result,
            _ = tokio::signal::ctrl_c() => Err(Error::interrupted()),
        }
    })
}
