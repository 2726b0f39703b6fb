//! AWS, as far as credentials need it.
//!
//! Takes access keys; gives a [`Connection`] that answers who they belong to, what the organization
//! is, which accounts it has and which MFA devices the user has. [`sdk`] does it with the AWS SDK.

pub mod sdk;

mod caller;
mod failure;
mod retry;
pub mod shared_config;
mod units;

#[cfg(test)]
mod tests;

use futures_util::future::LocalBoxFuture;
use leverage_plugin_api::model::{Accounts, Credentials, Identity, MfaDevice, Organization, OrganizationalUnits};
use std::rc::Rc;

use leverage_core::access_keys::AccessKeys;
use leverage_error::Result;

/// Opens connections to AWS.
pub trait Aws {
    /// A connection with these keys, whose requests go to `region`. Asks AWS nothing yet. Errors name the profile that
    /// `whose` is, if the keys are not new.
    fn connect<'a>(
        &'a self,
        keys: &'a AccessKeys,
        whose: &'a Credentials,
        region: &'a str,
    ) -> LocalBoxFuture<'a, Rc<dyn Connection>>;
}

/// A connection to AWS with one pair of access keys.
pub trait Connection {
    /// Who the keys belong to.
    fn identity(&self) -> LocalBoxFuture<'_, Result<Identity>>;

    /// The organization that the account belongs to.
    fn organization(&self) -> LocalBoxFuture<'_, Result<Organization>>;

    /// All accounts of the organization: the complete list, or an error. `progress` is told how many
    /// are known, page by page.
    fn accounts<'a>(&'a self, progress: &'a dyn Fn(usize)) -> LocalBoxFuture<'a, Result<Accounts>>;

    /// The organization's units, and the accounts in each: the complete tree, or an error.
    fn organizational_units(&self) -> LocalBoxFuture<'_, Result<OrganizationalUnits>>;

    /// The MFA devices of a user, or of the caller itself if no name is given.
    fn mfa_devices(&self, user: Option<String>) -> LocalBoxFuture<'_, Result<Vec<MfaDevice>>>;
}
