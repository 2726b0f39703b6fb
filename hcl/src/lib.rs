//! Takes an HCL text, gives the attributes in it with their places: for who reads the Terraform
//! variables, and for who edits them.
//!
//! `hcl-edit` does the parsing. What it is bad at is settled here: it takes seconds for an object of
//! ten thousand accounts.

mod chunks;
mod document;
pub mod text;

pub use document::{Document, Item, Kind, Node, SyntaxError};

/// Whether `name` can stand as a key without quotes, as far as its characters go.
pub fn is_identifier(name: &str) -> bool {
    hcl_edit::Ident::try_new(name).is_ok()
}
