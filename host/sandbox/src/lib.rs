//! An embedded AWS on a loopback port: STS, IAM and Organizations, as far as setting up credentials needs them.
//!
//! It implements the protocols of the real services, checks every signature, and returns the errors of AWS, so that any SDK
//! and the AWS CLI work with it. Its users, keys and accounts exist nowhere else. [`Fault`]s make it fail as AWS can.
//!
//! Deliberately absent: other partitions than `aws`, differences between regions, policies other than a few fixed rules, and
//! all operations that change something, except `AssumeRole`.
//!
//! ```no_run
//! use leverage_sandbox::{Config, FaultKind, Sandbox};
//!
//! let config = Config { accounts: 45, faults: vec![FaultKind::EmptyPage.into()], ..Config::default() };
//! let sandbox = Sandbox::start(config)?;
//! println!("AWS_ENDPOINT_URL={}", sandbox.endpoint_url());
//! println!("AWS_ACCESS_KEY_ID={}", sandbox.users().management.access_key.id);
//! # Ok::<(), std::io::Error>(())
//! ```

#![allow(clippy::disallowed_methods, reason = "writes a sample project, and is the clock of the embedded AWS")]

mod api;
mod config;
mod fault;
mod identity;
mod operation;
mod organization;
pub mod project;
mod random;
mod sandbox;
mod server;
mod signature;
mod world;

pub use config::Config;
pub use fault::{Fault, FaultKind, ParseFaultError};
pub use identity::{AccessKey, User, Users};
pub use operation::Operation;
pub use organization::{Account, AccountState, Organization};
pub use sandbox::Sandbox;
