//! The format of the golden cases: the files before, the runs, and the expected files after.
//!
//! Inputs are texts with `{placeholders}` (`{{` and `}}` are braces): `{management}` and the members'
//! names are account ids, `{csv}` is the file with the access keys, `{key-id}` and `{secret}` are what
//! it contains; `{key-id:NAME}` and `{secret:NAME}` belong to another user. In expected texts the placeholders
//! are `<management>`, `<key-id>` and so on.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::moto::Member;

/// A golden case. The first six fields are those of the recorded cases.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name, which is that of its file.
    pub name: String,
    /// Files in `~/.aws/ex` before the runs.
    pub aws_files: BTreeMap<String, String>,
    /// Files in the project before the runs.
    pub project_files: BTreeMap<String, String>,
    /// The member accounts; `null` if the organization does not exist.
    pub organization_accounts: Option<Vec<Listed>>,
    /// The arguments of each run.
    pub runs: Vec<Vec<String>>,
    /// What is expected.
    pub expected: Expected,
    /// The rule that it tests.
    #[serde(default)]
    pub about: String,
    /// The AWS region in which the users are created. It determines the partition.
    #[serde(default = "us_east_1")]
    pub region: String,
    /// The users; the access keys belong to the first. `None`: a user of the management account.
    #[serde(default)]
    pub users: Vec<User>,
    /// The text of the `.csv` file, if it is not the usual one.
    #[serde(default)]
    pub csv: Option<String>,
    /// Variables of the environment.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// The working folder, in the project.
    #[serde(default)]
    pub folder: String,
    /// The project is not a git repository.
    #[serde(default)]
    pub no_repository: bool,
}

/// A member account: its name, or details.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Listed {
    /// An account with the same name in AWS.
    Name(String),
    /// An account with another name in AWS, or a closed one.
    Account {
        /// The placeholder's name.
        name: String,
        /// The name in AWS.
        aws_name: String,
        /// It was closed.
        #[serde(default)]
        closed: bool,
    },
}

/// A user with access keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Its name.
    pub name: String,
    /// The name of its account.
    pub account: String,
    /// Its path.
    #[serde(default = "root_path")]
    pub path: String,
    /// Its MFA devices: names of virtual ones, ARNs and serial numbers of others.
    #[serde(default)]
    pub mfa_devices: Vec<String>,
}

/// The expected state after the runs. Files that are not listed are not compared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Whether each run succeeds. A run that fails must change no file.
    pub succeeded: Vec<bool>,
    /// The shared config file as botocore reads it; `null` if it does not exist.
    #[serde(default, deserialize_with = "present")]
    pub config: Option<Value>,
    /// The shared credentials file as botocore reads it.
    #[serde(default, deserialize_with = "present")]
    pub credentials: Option<Value>,
    /// The Terraform variables as python-hcl2 reads them.
    #[serde(default, deserialize_with = "present")]
    pub tfvars: Option<Value>,
    /// `project.yaml` as a YAML parser reads it.
    #[serde(default, deserialize_with = "present")]
    pub project_yaml: Option<Value>,
    /// The exit code of the last run.
    #[serde(default)]
    pub exit_code: Option<i32>,
    /// The exact texts of files, by their paths from `home/` or `project/`.
    #[serde(default)]
    pub texts: BTreeMap<String, String>,
    /// The runs changed nothing.
    #[serde(default)]
    pub untouched: bool,
}

impl Case {
    /// The case of this name.
    ///
    /// # Panics
    ///
    /// The case does not exist.
    pub fn named(name: &str) -> Self {
        Self::all().into_iter().find(|case| case.name == name).unwrap_or_else(|| panic!("unknown case `{name}`"))
    }

    /// All cases, the recorded ones first.
    ///
    /// # Panics
    ///
    /// A case cannot be read.
    pub fn all() -> Vec<Self> {
        let golden = crate::tools::own_folder("golden");
        ["recorded", "own"].iter().flat_map(|kind| Self::in_folder(&golden.join(kind))).collect()
    }

    fn in_folder(folder: &Path) -> Vec<Self> {
        let mut paths: Vec<_> =
            fs::read_dir(folder).expect("the golden cases").map(|entry| entry.expect("a golden case").path()).collect();
        paths.sort();
        let read = |path: &std::path::PathBuf| {
            let text = fs::read_to_string(path).expect("a golden case");
            let case: Self = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert_eq!(path.file_stem().and_then(|stem| stem.to_str()), Some(case.name.as_str()), "a case's name");
            case
        };
        paths.iter().map(read).collect()
    }

    /// Whether the last run must succeed.
    pub fn succeeds(&self) -> bool {
        self.expected.succeeded.last() == Some(&true)
    }

    /// The users to create, with the names of their accounts.
    pub fn users(&self) -> Vec<User> {
        if self.users.is_empty() {
            let (name, account, path) = ("tester".to_owned(), "management".to_owned(), root_path());
            return vec![User { name, account, path, mfa_devices: Vec::new() }];
        }
        self.users.clone()
    }
}

impl Listed {
    /// The account as it is created in moto.
    pub fn member(&self) -> Member {
        let (name, aws_name, closed) = match self {
            Self::Name(name) => (name, name, false),
            Self::Account { name, aws_name, closed } => (name, aws_name, *closed),
        };
        let (name, aws_name) = (name.clone(), aws_name.clone());
        Member { email: format!("aws+{name}@example.com"), name, aws_name, closed }
    }
}

/// Values for placeholders.
#[derive(Debug, Clone, Default)]
pub struct Values(BTreeMap<String, String>);

impl Values {
    /// All values except the secrets, with their names.
    pub fn public(&self) -> impl Iterator<Item = (&str, &str)> {
        let values = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        values.filter(|(name, _)| !name.starts_with("secret"))
    }

    /// Sets a placeholder's value.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// A placeholder's value.
    ///
    /// # Panics
    ///
    /// The placeholder has no value.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("a case has the unknown placeholder {name:?}"))
    }

    /// Fills an input: `{name}` is a placeholder, `{{` and `}}` are braces.
    ///
    /// # Panics
    ///
    /// A placeholder is unknown, or a brace is single.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            filled += &rest[..at];
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                filled += brace;
                rest = after;
            } else {
                let (name, after) = rest.split_once('}').unwrap_or_else(|| panic!("a single brace in {text:?}"));
                assert_eq!(brace, "{", "a single brace in {text:?}");
                filled += self.get(name);
                rest = after;
            }
        }
        filled + rest
    }

    /// Fills an expected text: `<name>` is a placeholder if it has a value.
    pub fn expect(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("<{name}>"), value))
    }

    /// Fills the texts and keys of an expected document.
    pub fn expect_document(&self, document: &Value) -> Value {
        match document {
            Value::String(text) => Value::String(self.expect(text)),
            Value::Array(list) => list.iter().map(|value| self.expect_document(value)).collect(),
            Value::Object(map) => {
                map.iter().map(|(key, value)| (self.expect(key), self.expect_document(value))).collect()
            }
            other => other.clone(),
        }
    }
}

/// A field that is present, even if it is `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn us_east_1() -> String {
    "us-east-1".to_owned()
}

fn root_path() -> String {
    "/".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fill_replaces_placeholders_as_recorded_cases_mean_them() {
        let mut values = Values::default();
        values.set("management", "000000000012");
        assert_eq!(values.fill("a = {{ id = \"{management}\" }}"), "a = { id = \"000000000012\" }");
        let document = serde_json::json!({ "<management>": ["<management>", "<unknown>", 1] });
        let expected = serde_json::json!({ "000000000012": ["000000000012", "<unknown>", 1] });
        assert_eq!(values.expect_document(&document), expected);
    }

    #[test]
    #[should_panic(expected = "unknown placeholder")]
    fn fill_refuses_an_unknown_placeholder() {
        Values::default().fill("{nobody}");
    }
}
