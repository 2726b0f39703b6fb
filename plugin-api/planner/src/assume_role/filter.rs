//! Which accounts get a profile: by name, organizational unit and state.

use std::collections::HashMap;
use wildmatch::WildMatch;

use super::accounts::{NamedAccount, wants_state};
use leverage_plugin_api::model::{AccountFilter, Failure, OrganizationalUnits};

/// The path of each account's organizational unit, by account id.
#[derive(Debug, Default)]
pub(super) struct UnitPaths<'a>(HashMap<&'a str, &'a str>);

impl<'a> UnitPaths<'a> {
    /// The paths from the answer; none if the tree was not requested.
    ///
    /// # Errors
    ///
    /// The tree could not be read.
    pub fn new(answer: Option<&'a OrganizationalUnits>) -> Result<Self, Failure> {
        let hint =
            "remove `{ou}` from `[profiles] name`, and `include_ous` and `exclude_ous` from `[types.<TYPE>.accounts]`";
        match answer {
            None => Ok(Self::default()),
            Some(OrganizationalUnits::Found { units, .. }) => {
                let paths = units.iter().flat_map(|unit| unit.accounts.iter().map(|id| (id.as_str(), &*unit.path)));
                Ok(Self(paths.collect()))
            }
            Some(OrganizationalUnits::NotInUse) => {
                Err(Failure::new("organizational units are needed, but there is no organization yet").hint(hint))
            }
            Some(OrganizationalUnits::AccessDenied { message, .. }) => Err(Failure::new(format!(
                "not allowed to read the organizational units: {message}"
            ))
            .hint(format!(
                "allow organizations:ListRoots, ListOrganizationalUnitsForParent and ListAccountsForParent, or {hint}"
            ))),
            Some(_) => Err(Failure::new("the host gave an unknown answer about the organizational units").hint(hint)),
        }
    }

    /// The unit of an account; none if only the project's files have the account.
    pub fn of(&self, account: &NamedAccount) -> Option<&'a str> {
        self.0.get(account.id.as_str()).copied()
    }
}

/// Whether the filter needs the organizational units.
pub(super) fn needs_units(filter: &AccountFilter) -> bool {
    !filter.include_ous.is_empty() || !filter.exclude_ous.is_empty()
}

/// An account filter with compiled patterns.
pub(super) struct CompiledFilter<'a> {
    states: &'a AccountFilter,
    include: Vec<WildMatch>,
    exclude: Vec<WildMatch>,
    include_ous: Vec<WildMatch>,
    exclude_ous: Vec<WildMatch>,
}

impl<'a> CompiledFilter<'a> {
    pub fn new(filter: &'a AccountFilter) -> Self {
        let compiled = |patterns: &[String]| patterns.iter().map(|pattern| WildMatch::new(pattern)).collect();
        Self {
            states: filter,
            include: compiled(&filter.include),
            exclude: compiled(&filter.exclude),
            include_ous: compiled(&filter.include_ous),
            exclude_ous: compiled(&filter.exclude_ous),
        }
    }

    /// Whether an account in the unit at the path `ou` gets a profile.
    pub fn takes(&self, account: &NamedAccount, ou: Option<&str>) -> bool {
        let named = |patterns: &[WildMatch]| patterns.iter().any(|pattern| pattern.matches(&account.name));
        let below = |patterns: &[WildMatch]| ou.is_some_and(|ou| patterns.iter().any(|pattern| reaches(pattern, ou)));
        (self.include.is_empty() || named(&self.include))
            && (self.include_ous.is_empty() || below(&self.include_ous))
            && !named(&self.exclude)
            && !below(&self.exclude_ous)
            && wants_state(self.states, &account.state)
    }

    /// The patterns to include that match no account.
    pub fn unmatched<'s>(&'s self, accounts: &'s [NamedAccount]) -> impl Iterator<Item = String> + 's {
        let matches = |pattern: &WildMatch| accounts.iter().any(|account| pattern.matches(&account.name));
        self.include.iter().filter(move |pattern| !matches(pattern)).map(ToString::to_string)
    }
}

/// Whether a pattern matches the unit at `path` or a unit above it.
fn reaches(pattern: &WildMatch, path: &str) -> bool {
    let above = path.match_indices('/').map(|(at, _)| &path[..at]);
    above.chain([path]).any(|path| pattern.matches(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use leverage_plugin_api::model::AccountState;

    fn filter(change: impl FnOnce(&mut AccountFilter)) -> AccountFilter {
        let mut filter = AccountFilter::default();
        change(&mut filter);
        filter
    }

    fn account(name: &str) -> NamedAccount {
        NamedAccount {
            name: name.to_owned(),
            id: "000000000013".to_owned(),
            email: None,
            state: AccountState::Active,
            is_management: false,
            has_left: false,
        }
    }

    fn patterns(patterns: &[&str]) -> Vec<String> {
        patterns.iter().map(|&pattern| pattern.to_owned()).collect()
    }

    #[test]
    fn name_patterns_include_and_exclude_accounts() {
        let options = filter(|filter| {
            filter.include = patterns(&["app-*", "shared"]);
            filter.exclude = patterns(&["*-old"]);
        });
        let filter = CompiledFilter::new(&options);
        let taken =
            ["app-1", "app-1-old", "shared", "shared2", "network"].map(|name| filter.takes(&account(name), None));
        assert_eq!(taken, [true, false, true, false, false]);
        assert_eq!(filter.unmatched(&[account("app-1")]).collect::<Vec<_>>(), ["shared"]);
    }

    #[test]
    fn unit_pattern_includes_the_units_below() {
        let included = filter(|filter| filter.include_ous = patterns(&["Workloads"]));
        let excluded = filter(|filter| filter.exclude_ous = patterns(&["*/Sandbox"]));
        for (ou, is_included, is_kept) in [
            (Some("Workloads"), true, true),
            (Some("Workloads/Prod/Eu"), true, true),
            (Some("Workloads2"), false, true),
            (Some("Workloads/Sandbox/Mine"), true, false),
            (Some("Root"), false, true),
            (None, false, true),
        ] {
            assert_eq!(CompiledFilter::new(&included).takes(&account("a"), ou), is_included, "{ou:?}");
            assert_eq!(CompiledFilter::new(&excluded).takes(&account("a"), ou), is_kept, "{ou:?}");
        }
    }
}
