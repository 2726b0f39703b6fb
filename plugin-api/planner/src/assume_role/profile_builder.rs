//! Builds the profiles of the accounts: their names and their settings.

use std::collections::HashMap;

use super::accounts::NamedAccount;
use super::filter::{CompiledFilter, UnitPaths};
use crate::template::{DEFAULT_TEMPLATE, NameParts, Template};
use leverage_plugin_api::model::{Failure, Identity, Plan, PlannedProfile, Request};
use leverage_plugin_api::naming::profile_name;
use leverage_plugin_api::sdk::list_names;

/// The types of which a project can have access key profiles, whichever type is set up.
const BUILT_IN_TYPES: [&str; 3] = ["BOOTSTRAP", "MANAGEMENT", "SECURITY"];

/// The settings of the credential type, with the overrides from the configuration.
pub(super) struct ProfileBuilder<'a> {
    request: &'a Request,
    /// The profile that holds the access keys.
    source: &'a str,
    role: &'a str,
    suffix: &'a str,
    template: Template,
    filter: CompiledFilter<'a>,
}

/// The template of profile names in this request.
pub(super) fn template(request: &Request) -> Result<Template, Failure> {
    Template::parse(request.options.profiles.name.as_deref().unwrap_or(DEFAULT_TEMPLATE))
        .map_err(|why| Failure::new(why).hint("fix `name` in `[profiles]` of `leverage.toml`"))
}

impl<'a> ProfileBuilder<'a> {
    pub fn new(role: &'a str, suffix: &'a str, request: &'a Request, source: &'a str) -> Result<Self, Failure> {
        let options = &request.options.profiles;
        Ok(Self {
            request,
            source,
            role: options.role.as_deref().unwrap_or(role),
            suffix: options.suffix.as_deref().unwrap_or(suffix),
            template: template(request)?,
            filter: CompiledFilter::new(&options.accounts),
        })
    }

    /// Adds the profiles of those `accounts` that the filter includes.
    pub fn add_to(
        &self,
        plan: &mut Plan,
        accounts: &[NamedAccount],
        units: &UnitPaths<'_>,
        identity: &Identity,
        mfa_serial: Option<&str>,
    ) -> Result<(), Failure> {
        let taken: Vec<&NamedAccount> =
            accounts.iter().filter(|account| self.filter.takes(account, units.of(account))).collect();
        if taken.is_empty() && !accounts.is_empty() {
            return Err(nothing_left(accounts));
        }
        for pattern in self.filter.unmatched(accounts) {
            plan.warn(format!("no account matches {pattern:?}, which is to be included"));
        }
        for name in self.request.options.profiles.regions.keys() {
            if !accounts.iter().any(|account| account.name == *name) {
                plan.warn(format!("no account is named {name:?}, but the configuration sets its region"));
            }
        }
        let names: Vec<String> = taken.iter().map(|account| self.name(account, units.of(account))).collect();
        self.check_names(&names, &taken)?;
        for (name, account) in names.into_iter().zip(taken) {
            plan.profiles.push(self.profile(name, account, identity, mfa_serial));
        }
        Ok(())
    }

    fn name(&self, account: &NamedAccount, ou: Option<&str>) -> String {
        self.template.name(&NameParts {
            short_name: &self.request.project.short_name,
            account: &profile_part(account),
            account_id: &account.id,
            role: self.role.rsplit('/').next().unwrap_or(self.role),
            suffix: self.suffix,
            kind: &self.request.options.credential_type,
            ou: ou.unwrap_or("none"),
        })
    }

    fn profile(
        &self,
        name: String,
        account: &NamedAccount,
        identity: &Identity,
        mfa_serial: Option<&str>,
    ) -> PlannedProfile {
        let options = &self.request.options.profiles;
        let role_arn = format!("arn:{}:iam::{}:role/{}", identity.partition(), account.id, self.role);
        let mut profile = PlannedProfile::new(name)
            .reaches(&account.id)
            .set("output", "json")
            .set("region", options.regions.get(&account.name).unwrap_or(&self.request.project.region))
            .set("role_arn", role_arn)
            .set("source_profile", self.source);
        if let Some(serial) = mfa_serial {
            profile = profile.set("mfa_serial", serial);
        }
        if let Some(id) = &options.external_id {
            profile = profile.set("external_id", id);
        }
        if let Some(seconds) = options.session_duration {
            profile = profile.set("duration_seconds", seconds.to_string());
        }
        for (key, value) in &options.settings {
            match profile.settings.iter_mut().find(|(known, _)| known == key) {
                Some((_, known)) => known.clone_from(value),
                None => profile = profile.set(key, value),
            }
        }
        profile
    }

    /// Rejects duplicate names and names with a special meaning for the AWS CLI.
    fn check_names(&self, names: &[String], accounts: &[&NamedAccount]) -> Result<(), Failure> {
        let mut owners: HashMap<&str, &NamedAccount> = HashMap::with_capacity(names.len());
        for (name, account) in names.iter().zip(accounts) {
            let problem = if name == self.source {
                Some(format!("the profile of {account} would be named `{name}`, like the profile with the access keys"))
            } else if let Some(kind) = BUILT_IN_TYPES.iter().find(|kind| *name == self.request.key_profile(kind)) {
                Some(format!(
                    "the profile of {account} would be named `{name}`, like the profile with the access keys of {kind}"
                ))
            } else if name == "default" {
                Some(format!(
                    "the profile of {account} would be named `default`, which the AWS CLI uses when no profile is set"
                ))
            } else {
                let other = owners.insert(name, account);
                other.map(|other| format!("the profiles of {other} and {account} would both be named `{name}`"))
            };
            if let Some(problem) = problem {
                return Err(Failure::new(problem).hint(
                    "change `name` in `[profiles]` of `leverage.toml`: `{account}` and `{account_id}` differ per account, \
                     `{suffix}` and `{type}` per credential type",
                ));
            }
        }
        Ok(())
    }
}

/// The account's name without dashes around it, or its id if no character of the name is allowed in a profile name.
fn profile_part(account: &NamedAccount) -> String {
    let name = profile_name(&account.name);
    let name = name.trim_matches('-');
    if name.is_empty() { account.id.clone() } else { name.to_owned() }
}

/// How many accounts an error lists by name.
const NAMED: usize = 10;

fn nothing_left(accounts: &[NamedAccount]) -> Failure {
    let names: Vec<&str> = accounts.iter().map(|account| account.name.as_str()).collect();
    Failure::new("all accounts are excluded")
        .hint(format!("`--account` or `[types.<TYPE>.accounts]` exclude all of: {}", list_names(&names, NAMED)))
}
