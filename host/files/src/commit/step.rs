//! The steps of a commit, in order.

use crate::write::Write;

/// One step of a commit; the numbers are indices into the list of writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Check that every file can be written, and is unchanged since it was read.
    Check,
    /// Write the journal, and create the folder of the backups.
    Open,
    /// Write the backup of a file.
    BackUp(usize),
    /// Write the new contents under a temporary name.
    Stage(usize),
    /// Rename the new contents to the file's name, or remove the file.
    Install(usize),
    /// Sync the names to the disk.
    Sync,
    /// Turn the journal into the record of a completed run. Nothing is rolled back after this.
    Close,
}

/// Lists the steps that commit `writes`. The second check comes right before the files change, because backup and staging
/// can take long.
pub(crate) fn steps(writes: &[Write]) -> Vec<Step> {
    let all = 0..writes.len();
    let mut steps = vec![Step::Check, Step::Open];
    steps.extend(all.clone().filter(|&index| writes[index].before.is_some()).map(Step::BackUp));
    steps.extend(all.clone().filter(|&index| writes[index].contents.is_some()).map(Step::Stage));
    steps.push(Step::Check);
    steps.extend(all.map(Step::Install));
    steps.extend([Step::Sync, Step::Close]);
    steps
}
