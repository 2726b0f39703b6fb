//! Keeps secrets in memory out of core images.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Makes sure that no core image of this process is ever written.
pub fn against_dumps() {
    // A system that refuses either is no worse than before, and a run need not fail for it.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
