//! Plans one access key per credential type and one assume-role profile per account.
//!
//! The caller sets the role and how the organization is read. Overrides from the configuration
//! ([`ProfileOptions`](leverage_plugin_api::model::ProfileOptions)) are applied here.

mod accounts;
mod filter;
mod key_owner;
mod mfa;
mod organization;
mod profile_builder;

use accounts::{MANAGEMENT, NamedAccount, ResolvedAccounts, wants_state};
use filter::UnitPaths;
use key_owner::KeyOwner;
use leverage_plugin_api::model::{
    AccessKeysMode, Account, AccountState, Accounts, Choice, Credentials, Failure, Identity, KeyPair, Organization,
    Plan, PlannedAccount, PlannedKeys, ProfileSettings, Request,
};
use leverage_plugin_api::sdk::lookup::{
    AccessKeys, Ask, CallerIdentity, DescribeOrganization, GetProfile, ListAccounts, ListMfaDevices,
    ListOrganizationalUnits,
};
use leverage_plugin_api::sdk::{Facts, Query, Step, list_names};
use organization::Reading;
use profile_builder::ProfileBuilder;
use std::collections::HashSet;

/// Plans access keys in `<short name>-<type>` and one assume-role profile for each account.
#[derive(Debug, Clone)]
pub struct AssumeRole {
    role: &'static str,
    suffix: &'static str,
    readers: Vec<&'static str>,
    without_management_account: bool,
    key_owner: KeyOwner,
    starts_projects: bool,
}

impl AssumeRole {
    /// The lookups that the planner uses. The manifest must declare them.
    pub const LOOKUPS: &'static [&'static str] = &[
        AccessKeys::NAME,
        CallerIdentity::NAME,
        DescribeOrganization::NAME,
        ListAccounts::NAME,
        ListOrganizationalUnits::NAME,
        ListMfaDevices::NAME,
        GetProfile::NAME,
        Ask::NAME,
    ];

    /// Profiles `<short name>-<account>-<suffix>` that assume `role`.
    pub fn new(role: &'static str, suffix: &'static str) -> Self {
        Self {
            role,
            suffix,
            readers: Vec::new(),
            without_management_account: false,
            key_owner: KeyOwner::Anyone,
            starts_projects: false,
        }
    }

    /// Reads the organization with the keys of these types, in this order, and finally with the type's own keys. Keys that
    /// AWS rejects or that are not allowed to read it are skipped with a warning. For users that are not allowed to list
    /// accounts.
    #[must_use]
    pub fn read_organization_with(mut self, types: impl IntoIterator<Item = &'static str>) -> Self {
        self.readers = types.into_iter().collect();
        self
    }

    /// Plans no profile for the management account, which does not have the role.
    #[must_use]
    pub fn without_management_account(mut self) -> Self {
        self.without_management_account = true;
        self
    }

    /// Fails if the keys do not belong to the organization's management account. For roles that trust only that account.
    #[must_use]
    pub fn keys_of_management_account(mut self) -> Self {
        self.key_owner = KeyOwner::Management;
        self
    }

    /// Fails if the keys do not belong to the account called `name` in the project, if its id is known, or if they belong
    /// to the management account.
    #[must_use]
    pub fn keys_of_account(mut self, name: &'static str) -> Self {
        self.key_owner = KeyOwner::Named(name);
        self
    }

    /// On the first run, while the type has no profile yet, records only the management account's id in the project. Role
    /// profiles are left for later runs, because the other accounts might be missing.
    #[must_use]
    pub fn starts_projects(mut self) -> Self {
        self.starts_projects = true;
        self
    }

    /// Plans the access key, the profiles and the account ids.
    ///
    /// # Errors
    ///
    /// As [`CredentialType::plan`](leverage_plugin_api::sdk::CredentialType::plan).
    pub fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
        let planning =
            Planning { planner: self, request, facts, profile: request.key_profile(&request.options.credential_type) };
        planning.plan()
    }
}

/// How many accounts a message lists by name.
const NAMED: usize = 5;

/// One call of [`AssumeRole::plan`].
struct Planning<'a> {
    planner: &'a AssumeRole,
    request: &'a Request,
    facts: &'a Facts,
    /// The profile for the access keys.
    profile: String,
}

impl Planning<'_> {
    fn plan(&self) -> Step<Plan> {
        let (own, readers) = self.existing_profiles()?;
        let keys = self.keys(own.as_ref())?;
        let with = keys.clone().map_or_else(|| Credentials::Profile(self.profile.clone()), Credentials::Keys);
        let readers: Vec<Credentials> = readers.into_iter().map(Credentials::Profile).chain([with.clone()]).collect();

        let mut plan = Plan::new();
        if self.planner.starts_projects && own.is_none() {
            self.plan_first_run(&mut plan, with)?;
        } else if self.request.options.skip_assumable_roles {
            self.check_keys(&mut plan, with, &readers)?;
        } else {
            self.plan_roles(&mut plan, with, &readers)?;
        }
        plan.keys = keys.map(|pair| PlannedKeys::new(&self.profile, pair));
        Ok(plan)
    }

    /// The type's own profile, and the names of the profiles with keys to read the organization with.
    fn existing_profiles(&self) -> Step<(Option<ProfileSettings>, Vec<String>)> {
        let readers: Vec<String> = self.planner.readers.iter().map(|kind| self.request.key_profile(kind)).collect();
        let own = GetProfile { name: self.profile.clone() };
        let others: Vec<GetProfile> = readers.iter().map(|name| GetProfile { name: name.clone() }).collect();
        let (own, others) = self.facts.all((own, others))?;
        let usable = readers.into_iter().zip(others).filter(|(name, found)| {
            *name != self.profile && found.as_ref().is_some_and(ProfileSettings::has_access_keys)
        });
        Ok((own, usable.map(|(name, _)| name).collect()))
    }

    /// New access keys, or none if the existing ones are kept.
    fn keys(&self, own: Option<&ProfileSettings>) -> Step<Option<KeyPair>> {
        let has_keys = own.is_some_and(ProfileSettings::has_access_keys);
        let overwrite = match (self.request.options.access_keys, has_keys) {
            (AccessKeysMode::Skip, true) => false,
            (AccessKeysMode::Skip, false) => return Err(self.nothing_to_keep(own.is_some()).into()),
            (AccessKeysMode::Overwrite, _) | (_, false) => true,
            (_, true) => self.ask_overwrite()?,
        };
        if !overwrite {
            return Ok(None);
        }
        self.facts.get(AccessKeys { profile: self.profile.clone() }).map(Some)
    }

    fn nothing_to_keep(&self, exists: bool) -> Failure {
        let lack = if exists { "has no access keys" } else { "does not exist" };
        Failure::new(format!("profile `{}` {lack}: there are no access keys to keep", self.profile)).hint(format!(
            "set them up with `leverage credentials configure --type {} --credentials-file FILE`",
            self.request.options.credential_type
        ))
    }

    fn ask_overwrite(&self) -> Step<bool> {
        let go_on =
            if self.request.options.skip_assumable_roles { "" } else { " and continue with the account profiles" };
        let answer = self.facts.get(Ask {
            id: "existing-credentials".to_owned(),
            message: format!("Profile `{}` already has access keys.", self.profile),
            kind: leverage_plugin_api::model::AnswerKind::Select(vec![
                Choice::new("skip", format!("Keep them{go_on}")),
                Choice::new("overwrite", "Overwrite them (with a backup)"),
            ]),
            default: None,
            instead: Some("`--overwrite-existing-credentials` or `--skip-access-keys-setup`".to_owned()),
        })?;
        Ok(answer == "overwrite")
    }

    /// The first run of a type that starts projects: only the management account's id.
    fn plan_first_run(&self, plan: &mut Plan, with: Credentials) -> Step<()> {
        let (identity, organization) =
            self.facts.all((CallerIdentity { with: with.clone() }, DescribeOrganization { with }))?;
        self.check_owner(&identity, &organization, None)?;
        if key_owner::is_root_user(&identity) {
            plan.warn(format!(
                "`{}` is the root user: create an IAM user for later runs, because a root user cannot assume roles",
                identity.arn
            ));
        }
        let known = self.request.project.accounts.iter().find(|account| {
            account.id.as_ref() == Some(&identity.account) || (account.id.is_none() && account.name == MANAGEMENT)
        });
        let name = known.map_or(MANAGEMENT, |account| &account.name);
        let mut account = PlannedAccount::new(name, &identity.account);
        account.email = known.and_then(|account| account.email.clone());
        plan.accounts.push(account);
        plan.record_in_project_file = true;
        if !self.request.options.skip_assumable_roles {
            plan.note(format!(
                "first run: only the access keys and the management account's id are set up; once the other accounts \
                 exist, add their profiles with `leverage credentials configure --type {} --skip-access-keys-setup`",
                self.request.options.credential_type
            ));
        }
        Ok(())
    }

    /// A run without role profiles: only whether the keys belong to the right account.
    fn check_keys(&self, plan: &mut Plan, with: Credentials, readers: &[Credentials]) -> Step<()> {
        let identity = CallerIdentity { with };
        let (identity, reading) = match self.planner.key_owner {
            KeyOwner::Anyone => return self.facts.get(identity).map(|_| ()),
            KeyOwner::Management => {
                let own = readers.last().cloned().map(|with| DescribeOrganization { with });
                let (identity, organization) = self.facts.all((identity, own))?;
                let organization = organization.unwrap_or(Organization::NotInUse);
                (identity, Reading { organization, accounts: Accounts::NotInUse, units: None })
            }
            KeyOwner::Named(_) => {
                let (identity, reading) = organization::read(self.facts, readers, false, identity, plan)?;
                (identity, reading)
            }
        };
        key_owner::check_not_root(&identity)?;
        self.check_owner(&identity, &reading.organization, Some(&reading.accounts))
    }

    fn check_owner(&self, identity: &Identity, organization: &Organization, accounts: Option<&Accounts>) -> Step<()> {
        Ok(self.planner.key_owner.check(self.request, identity, organization, accounts)?)
    }

    fn plan_roles(&self, plan: &mut Plan, with: Credentials, readers: &[Credentials]) -> Step<()> {
        let named = mfa::named_serial(self.request);
        let lists = self.request.options.fetch_mfa_device && named.is_none();
        let mfa = lists.then(|| ListMfaDevices { with: with.clone() });
        let filter = &self.request.options.profiles.accounts;
        let needs_units = filter::needs_units(filter) || profile_builder::template(self.request)?.needs_ou();
        let ((identity, devices), reading) =
            organization::read(self.facts, readers, needs_units, (CallerIdentity { with }, mfa), plan)?;
        let Reading { organization, accounts, units } = reading;
        key_owner::check_not_root(&identity)?;
        self.check_owner(&identity, &organization, Some(&accounts))?;
        let serial = match (named, devices) {
            (Some(serial), _) => Some(mfa::unchecked(&identity, serial, &mut plan.diagnostics)?),
            (None, Some(devices)) => Some(mfa::choose(self.facts, &identity, &devices, &mut plan.diagnostics)?),
            (None, None) => None,
        };

        let management_id = match &organization {
            Organization::Found { management_account_id, .. } => Some(management_account_id.as_str()),
            _ => None,
        };
        let resolved = self.resolve(plan, &accounts, management_id)?;
        self.record_ids(plan, &resolved);
        let reached: Vec<NamedAccount> = resolved
            .into_iter()
            .filter(|account| !(account.is_management && self.planner.without_management_account))
            .filter(|account| !(account.has_left && self.prunes()))
            .collect();
        let units = UnitPaths::new(units.as_ref())?;
        let builder = ProfileBuilder::new(self.planner.role, self.planner.suffix, self.request, &self.profile)?;
        Ok(builder.add_to(plan, &reached, &units, &identity, serial.as_deref())?)
    }

    /// The accounts by name: those of the organization, or the ones with an id in the project's files.
    fn resolve(&self, plan: &mut Plan, accounts: &Accounts, management_id: Option<&str>) -> Step<Vec<NamedAccount>> {
        let project = &self.request.project;
        let filter = &self.request.options.profiles.accounts;
        let why = match accounts {
            Accounts::Found { accounts, .. } => {
                let is_in_use =
                    |account: &&Account| account.state == AccountState::Active || wants_state(filter, &account.state);
                let in_use = accounts.iter().filter(is_in_use).map(|account| account.id.clone()).collect();
                let ResolvedAccounts { accounts, warnings } =
                    accounts::resolve(project, accounts, management_id, filter, self.prunes());
                warnings.into_iter().for_each(|warning| plan.warn(warning));
                plan.organization_accounts = Some(in_use);
                return Ok(accounts);
            }
            Accounts::NotInUse => "there is no organization yet".to_owned(),
            Accounts::AccessDenied { message, .. } => {
                format!("not allowed to list the organization's accounts ({message})")
            }
            _ => "the host gave an unknown answer about the organization's accounts".to_owned(),
        };
        let accounts = accounts::from_project(project, management_id);
        let names: Vec<&str> = accounts.iter().map(|account| account.name.as_str()).collect();
        plan.warn(format!(
            "{why}; using the account ids in the project's files: {}",
            if names.is_empty() {
                "none is known yet, so there are no profiles to write".to_owned()
            } else {
                names.join(", ")
            }
        ));
        Ok(accounts)
    }

    /// Whether orphaned profiles go. Then the complete list of the organization's accounts decides, not the project's
    /// files.
    fn prunes(&self) -> bool {
        !self.request.options.prune.is_keep()
    }

    /// Records the id of every account, with or without a profile.
    fn record_ids(&self, plan: &mut Plan, accounts: &[NamedAccount]) {
        let mut seen = HashSet::with_capacity(accounts.len());
        let (recorded, repeated): (Vec<&NamedAccount>, Vec<_>) =
            accounts.iter().partition(|account| seen.insert(account.name.as_str()));
        plan.accounts.extend(recorded.into_iter().map(|account| {
            let mut planned = PlannedAccount::new(&account.name, &account.id);
            planned.email.clone_from(&account.email);
            planned
        }));
        if !repeated.is_empty() {
            let names: Vec<String> = repeated.iter().map(ToString::to_string).collect();
            plan.warn(format!(
                "the ids of accounts with the name of another one are not recorded: {}",
                list_names(&names, NAMED)
            ));
        }
    }
}

#[cfg(test)]
mod tests;
