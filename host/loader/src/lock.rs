//! The user's lock file: which plugins were added, and what was agreed to.
//!
//! Pure: text in, entries out, and back. Whatever it does not know is an error, for a mistyped key would
//! otherwise be a plugin that runs although somebody meant to disable it.

use leverage_plugin_api::model::{Manifest, OutputInfo, TypeInfo};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::toml_error;
use leverage_core::hash::Hash;
use leverage_error::{Kind, Result};

/// The version of the file's form.
const VERSION: u32 = 1;

/// Where a plugin runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// In a process of its own, with limits to its time and memory.
    #[default]
    Process,
    /// In the process of leverage: faster by some milliseconds; a crash of the plugin ends the run.
    InProcess,
}

impl Isolation {
    /// All of them, the default first.
    pub const ALL: [Self; 2] = [Self::Process, Self::InProcess];

    /// Its name in the lock file and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::InProcess => "in-process",
        }
    }
}

/// A plugin that was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The plugin's version.
    pub version: String,
    /// The version of `leverage-plugin-api` that it was built with.
    pub api: String,
    /// The hash of its library: the only one that is ever opened under this entry.
    pub hash: Hash,
    /// Whether it may be opened.
    pub enabled: bool,
    /// Where it runs.
    pub isolation: Isolation,
    /// When it was added, in UTC.
    pub added: String,
    /// The file that it was added from. It is not needed any more.
    pub origin: String,
    /// One sentence on what it is for.
    pub description: String,
    /// The lookups that were agreed to.
    pub lookups: Vec<String>,
    /// The credential types that it adds.
    #[serde(default)]
    pub types: Vec<TypeInfo>,
    /// The output targets that it adds.
    #[serde(default)]
    pub outputs: Vec<OutputInfo>,
}

impl Entry {
    /// What the plugin said about itself when it was added.
    pub fn manifest(&self, id: &str) -> Manifest {
        let mut manifest = Manifest::new(id, &self.version, &self.api);
        manifest.description.clone_from(&self.description);
        manifest.lookups.clone_from(&self.lookups);
        manifest.types.clone_from(&self.types);
        manifest.outputs.clone_from(&self.outputs);
        manifest
    }
}

/// The plugins that were added, by id.
pub type Entries = BTreeMap<String, Entry>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default)]
    plugins: Entries,
}

/// Only the version, whatever else stands there.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Reads the file's text. `name` is what errors call the file.
///
/// # Errors
///
/// It is of another form, or of a later version.
pub(super) fn parse(text: &str, name: &str) -> Result<Entries> {
    if let Ok(Versioned { version }) = toml::from_str(text)
        && version > VERSION
    {
        let message = format!("{name} is of version {version}, and this leverage knows version {VERSION}");
        return Err(leverage_error::Error::new(Kind::Plugin, message).hint("upgrade leverage"));
    }
    let document: Document = toml::from_str(text).map_err(|error| {
        toml_error(Kind::Plugin, name, text, &error).hint("correct the file, or remove it and add your plugins again")
    })?;
    Ok(document.plugins)
}

/// Writes the file's text.
///
/// # Errors
///
/// An entry that TOML can't hold: there is none.
pub(super) fn render(entries: &Entries) -> Result<String> {
    const HEADING: &str = "# The plugins that you added. Written by `leverage plugin`.\n\n";
    let document = Document { version: VERSION, plugins: entries.clone() };
    let text = toml::to_string(&document).map_err(|error| {
        leverage_error::Error::new(Kind::Internal, "the list of plugins can't be written as TOML").cause(error)
    })?;
    Ok(format!("{HEADING}{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use leverage_plugin_api::model::HiddenLines;

    fn entries() -> Entries {
        let hidden = HiddenLines::new("CI", "true", "hide:");
        let entry = Entry {
            version: "1.0.0".to_owned(),
            api: "1.0.0".to_owned(),
            hash: Hash::of(b"library"),
            enabled: true,
            isolation: Isolation::Process,
            added: "2026-11-23T19:58:00Z".to_owned(),
            origin: "/home/o\"brien/libaudit.so".to_owned(),
            description: "Access for auditors.".to_owned(),
            lookups: vec!["accounts/1".to_owned()],
            types: vec![TypeInfo::new("AUDIT", "Read-only")],
            outputs: vec![OutputInfo::new("ci", "For CI").file_variable("STEP_FILE").hidden_lines(hidden)],
        };
        Entries::from([("audit".to_owned(), entry)])
    }

    #[test]
    fn entries_are_read_as_they_are_written() {
        assert_eq!(parse(&render(&entries()).unwrap(), "f").unwrap(), entries());
        assert_eq!(parse("version = 1\n", "f").unwrap(), Entries::new());
    }

    #[test]
    fn what_is_not_known_is_an_error_with_its_line() {
        let text = render(&entries()).unwrap();
        for (from, to) in [
            ("enabled = true", "enabled = true\nenable = false"),
            ("isolation = \"process\"", "isolation = \"thread\""),
            ("sha256-", "md5-"),
            ("enabled = true\n", ""),
            ("[plugins.audit]", "[plugin.audit]"),
        ] {
            let error = parse(&text.replacen(from, to, 1), "f").unwrap_err();
            assert!(error.kind == Kind::Plugin && error.message.starts_with("f, line "), "{error}");
        }
        let twice = format!("{text}\n[plugins.audit]\n");
        assert!(parse(&twice, "f").unwrap_err().message.starts_with("f, line "));
    }

    #[test]
    fn a_later_version_asks_for_an_upgrade() {
        let error = parse("version = 2\nwhatever = 1\n", "f").unwrap_err();
        assert_eq!(error.hints, ["upgrade leverage"]);
    }
}
