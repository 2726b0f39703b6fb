//! Writes all files of a run in one transaction, or none.
//!
//! This is the only writer of files in the host. A run calls [`Files::lock_and_recover`] first, which restores the files of
//! an interrupted run. It then reads each file that it may change, decides on their new contents, and passes all of them
//! to [`Files::commit`] at once.
//!
//! A replaced file keeps its name, mode (narrowed if the file is private), owner, group and access control list, and the
//! symbolic links that lead to it. It loses other extended attributes. Other hard links to it keep the previous contents.

#![allow(clippy::disallowed_methods, reason = "reads and writes the files of every run")]

mod backup;
mod commit;
mod error;
mod folder;
mod interface;
mod journal;
mod lock;
mod past_run;
mod permissions;
mod private_file;
mod read;
mod real_path;
mod reason;
mod record;
mod recover;
mod snapshot;
mod stage;
mod start;
#[cfg(test)]
mod tests;
mod write;

pub use backup::Backups;
pub use commit::{Committed, Written};
pub use error::{CommitError, FileError, Stranded};
pub use interface::{Disk, Files, LockGuard};
pub use past_run::PastRun;
pub use permissions::Privacy;
pub use reason::{Action, Reason, RecordError};
pub use record::{Digest, Fingerprint, Record, RecordedFile};
pub use recover::RecoveredRun;
pub use snapshot::Snapshot;
pub use write::Write;
