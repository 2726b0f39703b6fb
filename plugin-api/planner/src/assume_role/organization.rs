//! Reads the organization with the first credentials that can.

use leverage_plugin_api::model::{Accounts, Credentials, Organization, OrganizationalUnits, Plan};
use leverage_plugin_api::sdk::lookup::{DescribeOrganization, ListAccounts, ListOrganizationalUnits};
use leverage_plugin_api::sdk::{Facts, QuerySet, Step};

/// What AWS says about the organization.
pub(super) struct Reading {
    pub organization: Organization,
    pub accounts: Accounts,
    /// The organizational units, if they were requested.
    pub units: Option<OrganizationalUnits>,
}

/// Reads the organization with the first of `readers` that can, the type's own keys last. `together` is requested with the
/// first reading.
pub(super) fn read<S: QuerySet>(
    facts: &Facts,
    readers: &[Credentials],
    with_units: bool,
    together: S,
    plan: &mut Plan,
) -> Step<(S::Answers, Reading)> {
    let queries = |with: &Credentials| {
        let units = with_units.then(|| ListOrganizationalUnits { with: with.clone() });
        (DescribeOrganization { with: with.clone() }, ListAccounts { with: with.clone() }, units)
    };
    let Some((first, others)) = readers.split_first() else {
        return Err(leverage_plugin_api::sdk::Pause::failed("there are no credentials to read the organization with"));
    };
    let (together, answers) = facts.all((together, queries(first)))?;
    let mut reading = Reading::new(answers);
    let mut reader = first;
    for next in others {
        if matches!(reading.accounts, Accounts::Found { .. }) {
            break;
        }
        plan.warn(format!("{} cannot read the organization: {}", named(reader), why(&reading.accounts)));
        reading = Reading::new(facts.all(queries(next))?).or(reading);
        reader = next;
    }
    Ok((together, reading))
}

impl Reading {
    fn new((organization, accounts, units): (Organization, Accounts, Option<OrganizationalUnits>)) -> Self {
        // Some AWS emulators return an empty list of accounts where AWS reports that there is no organization.
        let accounts = if organization == Organization::NotInUse { Accounts::NotInUse } else { accounts };
        Self { organization, accounts, units }
    }

    /// This reading. If it does not know the organization, then what `earlier` knows of it.
    fn or(mut self, earlier: Self) -> Self {
        if !matches!(self.organization, Organization::Found { .. })
            && matches!(earlier.organization, Organization::Found { .. })
        {
            self.organization = earlier.organization;
        }
        self
    }
}

fn named(reader: &Credentials) -> String {
    match reader {
        Credentials::Profile(name) => format!("profile `{name}`"),
        _ => "the new access keys".to_owned(),
    }
}

fn why(accounts: &Accounts) -> &str {
    match accounts {
        Accounts::NotInUse => "its account is in no organization",
        Accounts::AccessDenied { message, .. } => message,
        _ => "the host gave an unknown answer",
    }
}
