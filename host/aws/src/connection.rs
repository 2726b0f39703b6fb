//! The interface to AWS: what setting up credentials needs to know.

use futures_util::future::LocalBoxFuture;
use leverage_plugin_api::model::{Accounts, Credentials, Identity, MfaDevice, Organization, OrganizationalUnits};
use std::rc::Rc;

use leverage_core::access_keys::AccessKeys;
use leverage_error::Result;

/// Opens connections to AWS.
pub trait Aws {
    /// Opens a connection with these keys to `region`. Sends no request yet. Errors name the profile in `whose`, if the keys
    /// are those of an existing profile.
    fn connect<'a>(
        &'a self,
        keys: &'a AccessKeys,
        whose: &'a Credentials,
        region: &'a str,
    ) -> LocalBoxFuture<'a, Rc<dyn Connection>>;
}

/// A connection to AWS with one pair of access keys.
pub trait Connection {
    /// The identity that the keys belong to.
    fn identity(&self) -> LocalBoxFuture<'_, Result<Identity>>;

    /// The organization of the account.
    fn organization(&self) -> LocalBoxFuture<'_, Result<Organization>>;

    /// The complete list of accounts of the organization. `progress` gets the number of accounts after each page.
    fn accounts<'a>(&'a self, progress: &'a dyn Fn(usize)) -> LocalBoxFuture<'a, Result<Accounts>>;

    /// The complete tree of organizational units, with the accounts of each.
    fn organizational_units(&self) -> LocalBoxFuture<'_, Result<OrganizationalUnits>>;

    /// The MFA devices of a user; `None` is the owner of the keys.
    fn mfa_devices(&self, user: Option<String>) -> LocalBoxFuture<'_, Result<Vec<MfaDevice>>>;
}
