//! The limits of a plugin: time, memory, lengths.

use std::time::Duration;

/// The time limit for opening a library, and for one step of a contribution. The built-in types need milliseconds for
/// 5,000 accounts.
pub(crate) const TIME: Duration = Duration::from_secs(10);

/// The most bytes of address space for the process of an isolated plugin, with the host's own code.
pub(crate) const MEMORY: u64 = 1 << 30;

/// The longest response in bytes: the text of a file with 100,000 profiles is shorter.
pub const RESPONSE: usize = 64 << 20;

/// The longest manifest in bytes.
pub(crate) const MANIFEST: usize = 1 << 20;

/// The longest library in bytes.
pub(crate) const LIBRARY: u64 = 256 << 20;

/// The most bytes that are kept of what an isolated plugin prints, for `-vv`.
pub(crate) const PRINTED: usize = 64 << 10;
