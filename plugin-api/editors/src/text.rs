//! The core of every editor: replacing parts of a text, finding lines and their endings, and naming a place in a file.
//! Places are byte offsets.

mod error;
#[cfg_attr(
    not(all(feature = "hcl", feature = "yaml")),
    allow(dead_code, reason = "each format needs another part of it")
)]
pub(crate) mod lines;
mod splices;

pub use error::EditError;
#[cfg(any(feature = "hcl", feature = "yaml"))]
pub(crate) use error::unicode_escape;
pub use lines::split_bom;
pub use splices::Splices;
