//! The organizational units of a sandbox: `Security`, `Infrastructure`, and `Workloads` with `Prod` and `Test` in it.

use super::{Account, LOWER, Organization, Random};

/// An organizational unit, or the organization's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// `r-…` for the root, `ou-…` for every other.
    pub id: String,
    /// Its name; the root's is always `Root`.
    pub name: &'static str,
    /// The id of the unit that it lies in.
    parent: Option<String>,
}

/// The units by name, each with the one that it lies in.
const UNITS: [(&str, &str); 5] = [
    ("Security", "Root"),
    ("Infrastructure", "Root"),
    ("Workloads", "Root"),
    ("Prod", "Workloads"),
    ("Test", "Workloads"),
];

/// The root and the units below it.
pub(super) fn units(random: &Random) -> Vec<Unit> {
    let root = random.text("root", LOWER, 4);
    let mut units = vec![Unit { id: format!("r-{root}"), name: "Root", parent: None }];
    for (name, parent) in UNITS {
        let parent = units.iter().find(|unit| unit.name == parent).map(|unit| unit.id.clone());
        let id = format!("ou-{root}-{}", random.text(&format!("unit/{name}"), LOWER, 8));
        units.push(Unit { id, name, parent });
    }
    units
}

impl Organization {
    /// The root.
    pub(crate) fn root(&self) -> &Unit {
        &self.units[0]
    }

    /// The unit with this id, which may be the root's.
    pub(crate) fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == id)
    }

    /// The units directly in another.
    pub(crate) fn units_below<'a>(&'a self, parent: &'a Unit) -> impl Iterator<Item = &'a Unit> {
        self.units.iter().filter(|unit| unit.parent.as_ref() == Some(&parent.id))
    }

    /// The accounts directly in a unit.
    pub(crate) fn accounts_in<'a>(&'a self, unit: &'a Unit) -> impl Iterator<Item = &'a Account> {
        self.accounts().filter(|account| self.unit_of(account) == unit.name)
    }

    /// The ARN of a unit.
    pub(crate) fn unit_arn(&self, unit: &Unit) -> String {
        let kind = if unit.parent.is_some() { "ou" } else { "root" };
        format!("arn:aws:organizations::{}:{kind}/{}/{}", self.management.id, self.id, unit.id)
    }

    /// The name of the unit that an account is in.
    fn unit_of(&self, account: &Account) -> &'static str {
        if *account == self.management {
            "Root"
        } else if *account == self.security {
            "Security"
        } else if !account.name.contains("-app-") {
            "Infrastructure"
        } else if account.id.ends_with(['1', '3', '5', '7', '9']) {
            "Prod"
        } else {
            "Test"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_is_in_one_unit() {
        let organization = Organization::new(20, false, &Random::new(Some(1)).unwrap());
        let all = organization.units.iter().flat_map(|unit| organization.accounts_in(unit));
        assert_eq!(all.count(), 20);
        assert_eq!(organization.units_below(organization.root()).count(), 3);
    }
}
