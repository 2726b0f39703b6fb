//! Runs asynchronous work on this thread, until it ends or Ctrl-C is pressed.

use leverage_error::{Error, Kind, Result};

/// Runs `work`. At Ctrl-C it is dropped at the next point where it waits for the network, where
/// nothing has been written yet; a commit waits for nothing and so runs to its end.
///
/// # Errors
///
/// That of `work`, or [`Kind::Interrupted`].
pub fn run_until_interrupted<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(Kind::Internal, "the asynchronous runtime can't be started").cause(error))?;
    runtime.block_on(async {
        tokio::select! {
            biased;
            result = work => result,
            _ = tokio::signal::ctrl_c() => Err(Error::interrupted()),
        }
    })
}
