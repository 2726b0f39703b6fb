//! Errors of plugins that break the protocol or exceed a limit.

use crate::limits;
use leverage_core::protocol::DEFECT_HINT;
use leverage_error::{Error, Kind};

/// The error that the plugin called `name` did `what`.
pub(crate) fn violation(name: &str, what: &str) -> Error {
    Error::new(Kind::Plugin, format!("{name} {what}")).hint(DEFECT_HINT)
}

/// The plugin exceeded the time limit.
pub(crate) fn too_slow(name: &str) -> Error {
    violation(name, &format!("exceeded the time limit of {} s", limits::TIME.as_secs()))
}

/// The plugin exceeded the length limit of a response.
pub(crate) fn too_long(name: &str) -> Error {
    violation(name, &format!("returned a document of more than {} MiB", limits::RESPONSE >> 20))
}
