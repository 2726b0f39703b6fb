//! Lossless editors for the files that output targets write: comments, order, blank lines, line endings and quoting
//! outside the edited value stay as they are.
//!
//! [`ini`] edits the AWS CLI's shared files, [`shared_files`] is the whole of an output that writes them, `hcl` (a
//! feature) reads Terraform variables, and [`text`] is what all editors build on.

#![forbid(unsafe_code)]

#[cfg(feature = "hcl")]
pub mod hcl;
pub mod ini;
pub mod shared_files;
pub mod text;
