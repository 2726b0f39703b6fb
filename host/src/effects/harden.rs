//! Keeps secrets in memory out of core dumps.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Disables core dumps of this process, because its memory contains access keys. Call it before [`configure()`](crate::configure())
/// and [`undo()`](crate::undo()).
pub fn disable_core_dumps() {
    // If the system refuses, nothing is worse than before: not a reason to fail the run.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
