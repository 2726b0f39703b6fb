//! Reads YAML, and edits it without touching the rest of the file.
//!
//! `saphyr-parser` finds the nodes, and rejects invalid YAML. New text is spliced in. Callers parse the result again and
//! compare the [`outline`]s before they return it.

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
