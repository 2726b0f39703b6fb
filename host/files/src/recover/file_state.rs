//! What an interrupted run has done to a file, as its contents show.

use zeroize::Zeroizing;

use crate::error::FileError;
use crate::folder::is_missing_error;
use crate::read::read;
use crate::reason::Reason;
use crate::record::{Digest, RecordedFile};
use crate::snapshot::Snapshot;

/// The state of a file of an interrupted run.
pub(crate) enum FileState {
    /// As before the run.
    Old,
    /// As the run left it: written, removed, or with the old contents and a new mode.
    Ours,
    /// Partly overwritten in place, by the run or by an interrupted recovery, unless a user edited it: its contents.
    Torn(Zeroizing<Vec<u8>>),
    /// Modified by another program or a user since.
    Foreign,
}

impl FileState {
    /// Reads the file and compares it with the record.
    pub(crate) fn of(file: &RecordedFile) -> Result<FileState, FileError> {
        let now = match read(file.target()) {
            Err(FileError { reason: Reason::NotAFile(_) | Reason::SymlinkLoop, .. }) => return Ok(FileState::Foreign),
            Err(FileError { reason: Reason::Io(error), .. }) if is_missing_error(&error) => None,
            result => result?,
        };
        Ok(match (now, &file.before, &file.after) {
            (Some(now), ..) => FileState::of_existing(file, now),
            (None, None, _) => FileState::Old,
            (None, _, None) => FileState::Ours,
            (None, ..) => FileState::Foreign,
        })
    }

    fn of_existing(file: &RecordedFile, now: Snapshot) -> FileState {
        let digest = Digest::of(&now.bytes);
        let is_new = file.after.as_ref() == Some(&digest);
        let holds_old = file.before.as_ref().is_some_and(|before| before.sha256 == digest);
        // The run changes a mode only together with the contents, or in place. Elsewhere, a user changed it.
        let has_old_mode = file.before.as_ref().is_some_and(|before| before.mode == now.mode());
        // A symbolic link replaced the file.
        if now.path() != file.target() {
            FileState::Foreign
        } else if holds_old && (has_old_mode || !(is_new || file.in_place)) {
            FileState::Old
        } else if is_new || holds_old {
            FileState::Ours
        } else if file.in_place {
            FileState::Torn(now.bytes)
        } else {
            FileState::Foreign
        }
    }
}
