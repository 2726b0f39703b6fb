//! Reads YAML, and edits it without touching the rest of the file.
//!
//! `saphyr-parser` says where the nodes are, and refuses what is not YAML. New text is spliced in. An editor reads its
//! result again and compares the [`outline`]s before it gives it back.

mod append;
mod document;
mod edits;
mod outline;
mod place;
mod scalar;
mod trivia;

pub use document::{Document, MappingStyle, Node, NodeKind, REPEATED_HINT};
pub use edits::Edits;
pub use outline::{Shape, outline};
pub use saphyr_parser::ScalarStyle;
