//! An installed plugin in this process: faster than an isolated one by some milliseconds.
//!
//! A crash or `exit()` of the plugin ends the run. It runs in a separate thread, so that endless loops are detected.

use leverage_plugin_api::model::Manifest;
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{chdir, fchdir};
use std::io;
use std::path::Path;
use std::sync::{Arc, mpsc};

use crate::open_plugin::OpenPlugin;
use crate::v1::Plugin;
use crate::violation::{too_long, too_slow, violation};
use crate::{limits, load};
use leverage_error::{Error, Kind, Result};

/// A plugin library that is open in this process.
pub(crate) struct InProcessPlugin {
    name: String,
    plugin: Arc<Plugin>,
}

impl InProcessPlugin {
    /// Opens the library at `path`, which the caller trusts. `name` is what errors call the plugin.
    ///
    /// # Errors
    ///
    /// As [`load::load`], or the time limit is exceeded.
    pub(crate) fn open(path: &Path, name: &str) -> Result<Self> {
        let (path, label) = (path.to_owned(), name.to_owned());
        let plugin = in_root_folder(|| run_with_time_limit(name, move || load(&path, &label))?)?;
        Ok(Self { name: name.to_owned(), plugin: Arc::new(plugin) })
    }
}

impl OpenPlugin for InProcessPlugin {
    fn manifest(&self) -> &Manifest {
        self.plugin.manifest()
    }

    fn step(&self, contribution: &str, request: &[u8]) -> Result<Vec<u8>> {
        let (plugin, contribution, request) = (Arc::clone(&self.plugin), contribution.to_owned(), request.to_vec());
        let response = run_with_time_limit(&self.name, move || plugin.step(&contribution, &request))?;
        if response.len() > limits::RESPONSE { Err(too_long(&self.name)) } else { Ok(response) }
    }
}

/// Runs `work` in the working folder `/`, because the dynamic linker and initializers of the library can use relative
/// paths, and the working folder can be an untrusted project.
fn in_root_folder<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let failed = |error| Error::new(Kind::Files, "failed to change the working folder").cause(io::Error::from(error));
    // A folder without the right to read is enough, where the system allows it.
    #[cfg(target_os = "linux")]
    let how = OFlags::PATH;
    #[cfg(not(target_os = "linux"))]
    let how = OFlags::RDONLY;
    let folder = open(".", how | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).map_err(failed)?;
    chdir("/").map_err(failed)?;
    let result = work();
    fchdir(&folder).map_err(failed)?;
    result
}

/// Runs `work` in a new thread. If it exceeds the time limit, the thread is abandoned: it cannot be stopped, and the
/// command is about to end.
fn run_with_time_limit<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let (done, result) = mpsc::channel();
    let run = move || {
        // This fails after the time limit, when nobody waits for it.
        let _ = done.send(work());
    };
    std::thread::Builder::new()
        .name("plugin".to_owned())
        .spawn(run)
        .map_err(|error| violation(name, "cannot run in a new thread").cause(error))?;
    result.recv_timeout(limits::TIME).map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => too_slow(name),
        mpsc::RecvTimeoutError::Disconnected => violation(name, "panicked"),
    })
}

#[cfg(test)]
mod tests {
    use super::in_root_folder;

    #[test]
    fn in_root_folder_changes_the_working_folder_and_restores_it() {
        let before = std::env::current_dir().unwrap();
        let within = in_root_folder(|| Ok(std::env::current_dir().unwrap())).unwrap();
        assert_eq!(within, std::path::Path::new("/"));
        assert_eq!(std::env::current_dir().unwrap(), before);
    }
}
