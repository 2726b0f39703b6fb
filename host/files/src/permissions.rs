//! Who may read a file, and the permission bits that follow from it.

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// The file holds secrets: its mode is never wider than 0600, and new folders for it are 0700.
    Private,
    /// The file holds no secrets: an existing file keeps its mode, a new one gets 0644 less the umask.
    Shared,
}

/// The permission bits of a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Exactly these bits, under any umask.
    Exactly(u32),
    /// 0644 less the umask, but the owner can always read and write. Only for contents without secrets.
    UmaskDecides,
}
