//! Connections to AWS, one for each credentials, and the identity behind each.

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared};
use leverage_plugin_api::model::{Credentials, Identity, MfaDevice, Organization};
use std::collections::HashMap;
use std::rc::Rc;

use leverage_aws::{Aws, Connection};
use leverage_core::access_keys::AccessKeys;
use leverage_error::{Error, Kind, Result};

/// A connection, its identity and its organization. AWS is asked for both at most once.
#[derive(Clone)]
pub(super) struct Session {
    connection: Rc<dyn Connection>,
    identity: Shared<LocalBoxFuture<'static, Result<Identity>>>,
    organization: Shared<LocalBoxFuture<'static, Result<Organization>>>,
}

impl Session {
    /// The connection.
    pub fn connection(&self) -> &dyn Connection {
        &*self.connection
    }

    /// The owner of the access keys.
    pub async fn identity(&self) -> Result<Identity> {
        self.identity.clone().await
    }

    /// The organization of the account.
    pub async fn organization(&self) -> Result<Organization> {
        self.organization.clone().await
    }

    /// The organization, if a plugin asked for it and AWS answered.
    pub fn known_organization(&self) -> Option<&Organization> {
        self.organization.peek()?.as_ref().ok()
    }

    /// The MFA devices of the user that the ARN names. The root user has no name.
    pub async fn mfa_devices(&self) -> Result<Vec<MfaDevice>> {
        let identity = self.identity().await?;
        let resource = identity.arn.splitn(6, ':').nth(5).unwrap_or_default();
        let user = match resource.split_once('/') {
            Some(("user", path)) => Some(path.rsplit('/').next().unwrap_or(path).to_owned()),
            _ if resource == "root" => None,
            _ => {
                let message = format!("`{}` is not an IAM user, and has no MFA device", identity.arn);
                return Err(Error::new(Kind::CredentialsRejected, message)
                    .hint("use the access keys of an IAM user, or remove `--fetch-mfa-device`"));
            }
        };
        self.connection.mfa_devices(user).await
    }
}

/// The sessions of a run.
pub(super) struct Sessions<'a> {
    aws: &'a dyn Aws,
    region: &'a str,
    by_credentials: HashMap<Credentials, Session>,
}

impl<'a> Sessions<'a> {
    /// No sessions yet.
    pub fn new(aws: &'a dyn Aws, region: &'a str) -> Self {
        Self { aws, region, by_credentials: HashMap::new() }
    }

    /// The open session of these credentials.
    pub fn get(&self, credentials: &Credentials) -> Option<&Session> {
        self.by_credentials.get(credentials)
    }

    /// The session, if only one is open.
    pub fn only(&self) -> Option<&Session> {
        self.by_credentials.values().next().filter(|_| self.by_credentials.len() == 1)
    }

    /// The open sessions.
    pub fn all(&self) -> impl Iterator<Item = &Session> {
        self.by_credentials.values()
    }

    /// Whether no session is open.
    pub fn is_empty(&self) -> bool {
        self.by_credentials.is_empty()
    }

    /// Opens a session and keeps it.
    pub async fn open(&mut self, keys: &AccessKeys, credentials: &Credentials) -> Session {
        let session = self.connect(keys, credentials).await;
        self.by_credentials.insert(credentials.clone(), session.clone());
        session
    }

    /// Opens a session without keeping it.
    pub async fn connect(&self, keys: &AccessKeys, credentials: &Credentials) -> Session {
        tracing::info!(access_key_id = keys.id, region = self.region, "asking AWS");
        let connection = self.aws.connect(keys, credentials, self.region).await;
        let owned = Rc::clone(&connection);
        let identity = async move { owned.identity().await }.boxed_local().shared();
        let owned = Rc::clone(&connection);
        let organization = async move { owned.organization().await }.boxed_local().shared();
        Session { connection, identity, organization }
    }
}
