//! An installed plugin in this process, for those who want the last millisecond.
//!
//! It shares the memory of the host, so a crash or `exit()` of the plugin ends the run. A loop without
//! end and a response without measure are noticed all the same: it runs on a thread of its own.

use leverage_plugin_api::model::Manifest;
use std::path::Path;
use std::sync::{Arc, mpsc};

use super::call::{Call, breach, too_slow};
use super::v1::Plugin;
use super::{limits, load};
use leverage_error::Result;

/// A plugin library that was opened in this process.
pub(super) struct Watched {
    name: String,
    plugin: Arc<Plugin>,
}

impl Watched {
    /// Opens the library at `path`, which the caller trusts. `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// As [`load::load`], or it takes too long.
    pub fn open(path: &Path, name: &str) -> Result<Self> {
        let (path, label) = (path.to_owned(), name.to_owned());
        let plugin = within_time(name, move || load::load(&path, &label))??;
        Ok(Self { name: name.to_owned(), plugin: Arc::new(plugin) })
    }
}

impl Call for Watched {
    fn manifest(&self) -> &Manifest {
        self.plugin.manifest()
    }

    fn step(&self, contribution: &str, request: &[u8]) -> Result<Vec<u8>> {
        let (plugin, contribution, request) = (Arc::clone(&self.plugin), contribution.to_owned(), request.to_vec());
        within_time(&self.name, move || plugin.step(&contribution, &request))
    }
}

/// Runs `work` on a thread of its own, which is left behind if it takes too long: it can't be stopped,
/// and the command is about to end.
fn within_time<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let (done, result) = mpsc::channel();
    let run = move || {
        // Nobody waits any more if this fails.
        let _ = done.send(work());
    };
    std::thread::Builder::new()
        .name("plugin".to_owned())
        .spawn(run)
        .map_err(|error| breach(name, "could not be given a thread").cause(error))?;
    result.recv_timeout(limits::TIME).map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => too_slow(name),
        mpsc::RecvTimeoutError::Disconnected => breach(name, "panicked"),
    })
}
