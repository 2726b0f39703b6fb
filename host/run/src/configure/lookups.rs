//! Answers the lookups of plugins: first, one by one, those that need the user or files, then those that need AWS, all at
//! once.

mod access_keys;
mod organization_check;
mod questions;
mod sessions;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, try_join_all};
use leverage_plugin_api::model::{
    Accounts, Credentials, Identity, KeyPair, Lookup, Organization, OrganizationalUnits, ProfileSettings, Root,
};
use leverage_plugin_api::sdk::Query;
use leverage_plugin_api::sdk::lookup::{
    AccessKeys as AskAccessKeys, Ask, CallerIdentity, DescribeOrganization, GetProfile, ListAccounts, ListMfaDevices,
    ListOrganizationalUnits, ReadFile,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};
use std::collections::HashMap;

use crate::effects::Effects;
use crate::options::ConfigureOptions;
use crate::pending_files::PendingFiles;
use crate::shared_files;
use leverage_aws::SdkProfiles;
use leverage_core::access_keys::AccessKeys;
use leverage_core::project::SourcedValue;
use leverage_core::protocol::FactSource;
use leverage_core::secrets::Vault;
use leverage_error::{Error, Kind, Result};
use leverage_loader::Registry;
use organization_check::OrganizationCheck;
use sessions::{Session, Sessions};

/// What the lookups of all plugins of a run share: options, effects, and the access keys and sessions so far.
pub(super) struct LookupContext<'a> {
    options: &'a ConfigureOptions,
    effects: &'a Effects<'a>,
    vault: &'a Vault,
    profile_roots: Vec<Root>,
    new_keys: HashMap<String, KeyPair>,
    sessions: Sessions<'a>,
    organization_check: OrganizationCheck<'a>,
}

/// Answers the lookups of one contribution.
pub(super) struct LookupResolver<'r, 'a> {
    context: &'r mut LookupContext<'a>,
    files: &'r mut PendingFiles<'a>,
    /// The file variables that the manifest declares.
    file_variables: &'r [String],
    /// The parsed profiles of the first roots, kept for one round of lookups.
    profiles: Vec<SdkProfiles>,
}

impl<'a> LookupContext<'a> {
    /// Creates the context for a project in `region`. Profiles are looked up in `profile_roots`.
    pub fn new(
        options: &'a ConfigureOptions,
        effects: &'a Effects<'a>,
        vault: &'a Vault,
        region: &'a str,
        management_ids: &'a [SourcedValue],
        profile_roots: Vec<Root>,
    ) -> Self {
        let sessions = Sessions::new(effects.aws, region);
        let organization_check = OrganizationCheck::new(management_ids, &options.allowed_accounts, effects.prompt);
        Self { options, effects, vault, profile_roots, new_keys: HashMap::new(), sessions, organization_check }
    }

    /// The resolver for a contribution whose manifest declares these file variables.
    pub fn resolver<'r>(
        &'r mut self,
        files: &'r mut PendingFiles<'a>,
        file_variables: &'r [String],
    ) -> LookupResolver<'r, 'a> {
        LookupResolver { context: self, files, file_variables, profiles: Vec::new() }
    }

    /// The plugins of the run.
    pub fn registry(&self) -> &'a Registry {
        self.effects.registry
    }

    /// The secrets of the run.
    pub fn vault(&self) -> &'a Vault {
        self.vault
    }

    /// The owner of access keys. AWS is asked only once.
    pub async fn identity_of(&mut self, pair: &KeyPair) -> Result<Identity> {
        let credentials = Credentials::Keys(pair.clone());
        match self.sessions.get(&credentials) {
            Some(session) => session.identity().await,
            None => self.sessions.open(&self.reveal(pair)?, &credentials).await.identity().await,
        }
    }

    /// The owner of the only credentials of the run, if AWS was asked.
    pub async fn only_identity(&self) -> Option<Identity> {
        self.sessions.only()?.identity().await.ok()
    }

    /// Whether AWS was asked with any credentials.
    pub fn used_credentials(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// Checks that the organization is the one that the project's files record, also if no plugin asked for it.
    pub async fn check_organization(&self) -> Result<()> {
        self.organization_check.run_for_all(&self.sessions).await
    }

    fn reveal(&self, pair: &KeyPair) -> Result<AccessKeys> {
        let secret = self
            .vault
            .secret(&pair.secret_access_key)
            .ok_or_else(|| Error::new(Kind::ProtocolViolation, "used an unknown secret token"))?;
        Ok(AccessKeys { id: pair.access_key_id.clone(), secret, session_token: None })
    }

    /// The new access keys of a profile, from the user.
    fn new_keys(&mut self, profile: &str) -> Result<KeyPair> {
        if let Some(pair) = self.new_keys.get(profile) {
            return Ok(pair.clone());
        }
        let keys = access_keys::get(profile, self.options.credentials_file.as_deref(), self.effects)?;
        let pair = KeyPair::new(keys.id, self.vault.keep(keys.secret)?);
        self.new_keys.insert(profile.to_owned(), pair.clone());
        Ok(pair)
    }
}

impl<'a> LookupResolver<'_, 'a> {
    /// The settings of an existing profile: in the first root where it has access keys, else in the first that has it.
    async fn profile(&mut self, name: &str) -> Result<Option<ProfileSettings>> {
        let mut first = None;
        for (at, root) in self.context.profile_roots.iter().enumerate() {
            if at == self.profiles.len() {
                self.profiles.push(shared_files::parse(self.files, *root).await?);
            }
            let found = self.profiles.get(at).and_then(|profiles| profiles.get(name));
            if found.as_ref().is_some_and(ProfileSettings::has_access_keys) {
                return Ok(found);
            }
            first = first.or(found);
        }
        Ok(first)
    }

    async fn session(&mut self, credentials: &Credentials) -> Result<Session> {
        if let Some(session) = self.context.sessions.get(credentials) {
            return Ok(session.clone());
        }
        let keys = match credentials {
            Credentials::Keys(pair) => self.context.reveal(pair)?,
            Credentials::Profile(name) => self.keys_of_profile(name).await?,
            _ => return Err(Error::new(Kind::ProtocolViolation, "used an unknown kind of credentials")),
        };
        Ok(self.context.sessions.open(&keys, credentials).await)
    }

    async fn keys_of_profile(&mut self, name: &str) -> Result<AccessKeys> {
        let settings = self.profile(name).await?.map(|profile| profile.settings).unwrap_or_default();
        let secret = |key: &str| settings.get(key).map(|token| self.context.vault.reveal(token)).transpose();
        match (settings.get("aws_access_key_id"), secret("aws_secret_access_key")?) {
            (Some(id), Some(value)) => {
                Ok(AccessKeys { id: id.clone(), secret: value, session_token: secret("aws_session_token")? })
            }
            _ => Err(Error::new(Kind::Files, format!("profile `{name}` has no access keys"))
                .hint("run `leverage credentials configure` to set them up")),
        }
    }

    /// Answers a lookup that needs the user or files, and prepares one that needs AWS.
    async fn prepare(&mut self, lookup: &Lookup) -> Result<LocalBoxFuture<'a, Result<Box<RawValue>>>> {
        let answer = match lookup.name.as_str() {
            AskAccessKeys::NAME => json(&self.context.new_keys(&input::<AskAccessKeys>(lookup)?.profile)?)?,
            Ask::NAME => {
                let LookupContext { options, effects, vault, .. } = self.context;
                json(&questions::answer(&input(lookup)?, &options.answers, effects, vault)?)?
            }
            GetProfile::NAME => json(&self.profile(&input::<GetProfile>(lookup)?.name).await?)?,
            ReadFile::NAME => {
                let file: ReadFile = input(lookup)?;
                json(&self.files.read(file.root, &file.path, self.file_variables)?)?
            }
            CallerIdentity::NAME => {
                let session = self.session(&input::<CallerIdentity>(lookup)?.with).await?;
                return Ok(async move { json(&session.identity().await?) }.boxed_local());
            }
            DescribeOrganization::NAME => {
                let with = input::<DescribeOrganization>(lookup)?.with;
                let session = self.session(&with).await?;
                return Ok(async move {
                    json(&rejected_as_denied(&with, session.organization().await, Organization::access_denied)?)
                }
                .boxed_local());
            }
            ListAccounts::NAME => {
                let with = input::<ListAccounts>(lookup)?.with;
                let session = self.session(&with).await?;
                let progress = self.context.effects.progress;
                return Ok(async move {
                    let accounts = session.connection().accounts(progress).await;
                    json(&rejected_as_denied(&with, accounts, Accounts::access_denied)?)
                }
                .boxed_local());
            }
            ListOrganizationalUnits::NAME => {
                let with = input::<ListOrganizationalUnits>(lookup)?.with;
                let session = self.session(&with).await?;
                return Ok(async move {
                    let units = session.connection().organizational_units().await;
                    json(&rejected_as_denied(&with, units, OrganizationalUnits::access_denied)?)
                }
                .boxed_local());
            }
            ListMfaDevices::NAME => {
                let session = self.session(&input::<ListMfaDevices>(lookup)?.with).await?;
                return Ok(async move { json(&session.mfa_devices().await?) }.boxed_local());
            }
            unknown => {
                let message = format!("asked for the unknown lookup {unknown:?}");
                return Err(Error::new(Kind::ProtocolViolation, message).hint("upgrade leverage"));
            }
        };
        Ok(async move { Ok(answer) }.boxed_local())
    }
}

impl FactSource for LookupResolver<'_, '_> {
    async fn gather(&mut self, lookups: &[Lookup]) -> Result<Vec<Box<RawValue>>> {
        let mut pending = Vec::with_capacity(lookups.len());
        for lookup in lookups {
            pending.push(self.prepare(lookup).await?);
        }
        self.profiles.clear();
        let answers = try_join_all(pending).await?;
        // Before the plugin sees the organization: the accounts of another one would only lead to misleading errors.
        self.context.organization_check.run(&self.context.sessions).await?;
        Ok(answers)
    }
}

/// The answer that access is denied if AWS rejects the keys of an existing profile: a credential type can then read the
/// organization with those of another one. A type that needs the keys for more asks for their owner, which fails.
fn rejected_as_denied<T>(with: &Credentials, answer: Result<T>, denied: impl Fn(String) -> T) -> Result<T> {
    match (with, answer) {
        (Credentials::Profile(_), Err(error)) if error.kind == Kind::CredentialsRejected => Ok(denied(error.message)),
        (_, answer) => answer,
    }
}

fn input<T: DeserializeOwned>(lookup: &Lookup) -> Result<T> {
    serde_json::from_value(lookup.input.clone()).map_err(|error| {
        Error::new(Kind::ProtocolViolation, format!("asked for `{}` with a malformed input", lookup.name)).cause(error)
    })
}

fn json<T: Serialize + ?Sized>(answer: &T) -> Result<Box<RawValue>> {
    to_raw_value(answer).map_err(|error| Error::new(Kind::Internal, "failed to write a fact as JSON").cause(error))
}
