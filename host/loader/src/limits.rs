//! How much a plugin may take: of time, of memory, of words.

use std::time::Duration;

/// How long opening a library, or one step of a contribution, may take. The built-in types need
/// milliseconds for 5,000 accounts.
pub(super) const TIME: Duration = Duration::from_secs(10);

/// How many bytes of address space the process of an isolated plugin may have, the host's own included.
pub(super) const MEMORY: u64 = 1 << 30;

/// The longest response.
pub const RESPONSE: usize = leverage_core::protocol::MAX_RESPONSE;

/// The longest manifest.
pub(super) const MANIFEST: usize = 1 << 20;

/// The longest announced part of a manifest, which has no types and outputs.
pub(super) const ANNOUNCEMENT: usize = 64 << 10;

/// The longest library.
pub(super) const LIBRARY: u64 = 256 << 20;

/// How many bytes of what an isolated plugin prints are kept for `-vv`.
pub(super) const PRINTED: usize = 64 << 10;
