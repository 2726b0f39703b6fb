//! Lossless editors for the files that output targets write: comments, order, blank lines, line endings and quoting
//! outside the edited value stay as they are.
//!
//! [`ini`] edits the AWS CLI's shared files, and [`shared_files`] is the whole of an output that writes them. `hcl` and
//! `yaml` (features) edit Terraform variables and YAML, [`dotenv`] edits `.env` files. [`text`] is the core of all of them.

#![forbid(unsafe_code)]

pub mod dotenv;
#[cfg(feature = "hcl")]
pub mod hcl;
pub mod ini;
pub mod shared_files;
pub mod text;
#[cfg(feature = "yaml")]
pub mod yaml;
