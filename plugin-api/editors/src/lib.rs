//! Lossless editors for the files that output targets write. Comments, order, blank lines, line endings and quoting
//! outside the edited value are kept.
//!
//! [`ini`] edits the AWS CLI's shared files, and [`shared_files`] renders a whole plan into them. `hcl` and `yaml`
//! (features) edit Terraform variables and YAML. [`dotenv`] edits `.env` files. [`text`] is the core of all editors.

#![forbid(unsafe_code)]

pub mod dotenv;
#[cfg(feature = "hcl")]
pub mod hcl;
pub mod ini;
pub mod shared_files;
pub mod text;
#[cfg(feature = "yaml")]
pub mod yaml;
