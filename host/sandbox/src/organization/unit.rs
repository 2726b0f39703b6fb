//! The organizational units of a sandbox: `Security`, `Infrastructure`, and `Workloads` with `Prod` and `Test`.

use crate::random::{LOWER, Random};

/// An organizational unit, or the organization's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// `r-…` for the root, `ou-…` for others.
    pub(crate) id: String,
    /// Its name: `Root` for the root.
    pub(crate) name: &'static str,
    /// The id of its parent; `None` for the root.
    pub(crate) parent: Option<String>,
}

/// The names of the units and of their parents.
const UNITS: [(&str, &str); 5] = [
    ("Security", "Root"),
    ("Infrastructure", "Root"),
    ("Workloads", "Root"),
    ("Prod", "Workloads"),
    ("Test", "Workloads"),
];

/// Creates the root and the units below it.
pub(crate) fn create_units(random: &Random) -> Vec<Unit> {
    let root = random.text("root", LOWER, 4);
    let mut units = vec![Unit { id: format!("r-{root}"), name: "Root", parent: None }];
    for (name, parent) in UNITS {
        let parent = units.iter().find(|unit| unit.name == parent).map(|unit| unit.id.clone());
        let id = format!("ou-{root}-{}", random.text(&format!("unit/{name}"), LOWER, 8));
        units.push(Unit { id, name, parent });
    }
    units
}
