//! Plans one access key per credential type and one assume-role profile per account.
//!
//! The caller sets the role and how the organization is read. Overrides from the configuration
//! ([`ProfileOptions`](leverage_plugin_api::model::ProfileOptions)) are applied here.

mod accounts;
mod filter;
mod mfa;
mod profile_builder;

use accounts::{MANAGEMENT, NamedAccount, ResolvedAccounts, wants_state};
use filter::UnitPaths;
use leverage_plugin_api::model::{
    AccessKeysMode, Account, AccountState, Accounts, Choice, Credentials, Failure, Identity, KeyPair, Organization,
    Plan, PlannedAccount, PlannedKeys, ProfileSettings, Request,
};
use leverage_plugin_api::sdk::lookup::{
    AccessKeys, Ask, CallerIdentity, DescribeOrganization, GetProfile, ListAccounts, ListMfaDevices,
    ListOrganizationalUnits,
};
use leverage_plugin_api::sdk::{Facts, Query, Step};
use profile_builder::ProfileBuilder;

/// Plans access keys in `<short name>-<type>` and one assume-role profile for each account.
#[derive(Debug, Clone)]
pub struct AssumeRole {
    role: &'static str,
    suffix: &'static str,
    readers: Vec<&'static str>,
    without_management_account: bool,
    keys_of_management_account: bool,
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
            keys_of_management_account: false,
            starts_projects: false,
        }
    }

    /// Reads the organization with the keys of the first of these types that has a profile, otherwise with the type's
    /// own keys. For users that are not allowed to list accounts.
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
        self.keys_of_management_account = true;
        self
    }

    /// On the first run, while the type has no profile yet, records only the management account's id in the project. Role
    /// profiles are left for later runs, because other accounts may not exist yet.
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
        let (own, reader) = self.existing_profiles()?;
        let keys = self.keys(own.as_ref())?;
        let with = keys.clone().map_or_else(|| Credentials::Profile(self.profile.clone()), Credentials::Keys);
        let reader = reader.map_or_else(|| with.clone(), Credentials::Profile);

        let mut plan = Plan::new();
        if self.planner.starts_projects && own.is_none() {
            self.plan_first_run(&mut plan, with)?;
        } else if self.request.options.skip_assumable_roles {
            self.facts.get(CallerIdentity { with })?;
        } else {
            self.plan_roles(&mut plan, with, reader)?;
        }
        plan.keys = keys.map(|pair| PlannedKeys::new(&self.profile, pair));
        Ok(plan)
    }

    /// The type's own profile, and the name of the first profile with keys to read the organization with.
    fn existing_profiles(&self) -> Step<(Option<ProfileSettings>, Option<String>)> {
        let readers: Vec<String> = self.planner.readers.iter().map(|kind| self.request.key_profile(kind)).collect();
        let own = GetProfile { name: self.profile.clone() };
        let others: Vec<GetProfile> = readers.iter().map(|name| GetProfile { name: name.clone() }).collect();
        let (own, others) = self.facts.all((own, others))?;
        let reader = readers
            .into_iter()
            .zip(others)
            .find(|(_, found)| found.as_ref().is_some_and(ProfileSettings::has_access_keys))
            .map(|(name, _)| name);
        Ok((own, reader))
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
        self.check_account(&identity, &organization)?;
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

    fn plan_roles(&self, plan: &mut Plan, with: Credentials, reader: Credentials) -> Step<()> {
        let named = mfa::named_serial(self.request);
        let lists = self.request.options.fetch_mfa_device && named.is_none();
        let mfa = lists.then(|| ListMfaDevices { with: with.clone() });
        let filter = &self.request.options.profiles.accounts;
        let needs_units = filter::needs_units(filter) || profile_builder::template(self.request)?.needs_ou();
        let units = needs_units.then(|| ListOrganizationalUnits { with: reader.clone() });
        let (identity, organization, accounts, units, devices) = self.facts.all((
            CallerIdentity { with: with.clone() },
            DescribeOrganization { with: reader.clone() },
            ListAccounts { with: reader },
            units,
            mfa,
        ))?;
        self.check_account(&identity, &organization)?;
        let serial = match (named, devices) {
            (Some(serial), _) => Some(mfa::unchecked(&identity, serial, &mut plan.diagnostics)?),
            (None, Some(devices)) => Some(mfa::choose(self.facts, &identity, &devices, &mut plan.diagnostics)?),
            (None, None) => None,
        };

        let management_id = match &organization {
            Organization::Found { management_account_id, .. } => Some(management_account_id.as_str()),
            _ => None,
        };
        // Some AWS emulators return an empty list of accounts where AWS reports that there is no organization.
        let accounts = if organization == Organization::NotInUse { Accounts::NotInUse } else { accounts };
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
                    accounts::resolve(project, accounts, management_id, filter)?;
                warnings.into_iter().for_each(|warning| plan.warn(warning));
                for account in accounts.iter().filter(|account| account.has_left) {
                    let then = if self.prunes() { "planning no profile for it" } else { "using its recorded id" };
                    plan.warn(format!(
                        "account `{}` ({}) is in the project's files but not in the organization; {then}",
                        account.name, account.id
                    ));
                }
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
        plan.accounts.extend(accounts.iter().map(|account| {
            let mut planned = PlannedAccount::new(&account.name, &account.id);
            planned.email.clone_from(&account.email);
            planned
        }));
    }

    fn check_account(&self, identity: &Identity, organization: &Organization) -> Step<()> {
        let Organization::Found { management_account_id, .. } = organization else { return Ok(()) };
        if !self.planner.keys_of_management_account || *management_account_id == identity.account {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the access keys belong to account {}, but the organization's management account is {management_account_id}",
            identity.account
        ))
        .hint(format!(
            "{} needs the access keys of a user in the management account",
            self.request.options.credential_type
        ))
        .into())
    }
}

#[cfg(test)]
mod tests;
