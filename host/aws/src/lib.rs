//! AWS as setting up credentials needs it: the [`Aws`] trait, and [`Sdk`], which implements it with the AWS SDK. Also reads
//! profiles with the SDK's parser.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests set up real files"))]

mod connection;
mod error;
mod key_holder;
mod network;
mod refusal;
mod request_limits;
mod sdk;
mod sdk_profiles;
#[cfg(test)]
mod tests;

pub use connection::{Aws, Connection};
pub use network::{Network, ReadFile, Variable};
pub use request_limits::RequestLimits;
pub use sdk::Sdk;
pub use sdk_profiles::SdkProfiles;
