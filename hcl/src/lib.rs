//! Takes an HCL text, gives the attributes in it with their places: for who reads the Terraform
//! variables, and for who edits them.
//!
//! `hcl-edit` can read any text, but is slow where one is large, so that what variables files mostly hold
//! is read without it.

mod document;
mod literals;
pub mod text;

pub use document::{Document, Item, Kind, Node, SyntaxError};

/// Whether `name` can stand as a key without quotes, as far as its characters go.
pub fn is_identifier(name: &str) -> bool {
    hcl_edit::Ident::try_new(name).is_ok()
}
