//! The user's lock file `plugins.toml`: the added plugins, and what the user agreed to.
//!
//! Unknown keys are errors: otherwise a plugin would run although the user meant to disable it and mistyped the key.

use leverage_plugin_api::model::{Manifest, OutputInfo, TypeInfo};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::toml_error::toml_error;
use leverage_core::hash::Hash;
use leverage_error::{Error, Kind, Result};

/// The version of the file format.
const VERSION: u32 = 1;

/// Where a plugin runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// In a separate process, with limits of time and memory.
    #[default]
    Process,
    /// In the process of leverage: some milliseconds faster, but a crash of the plugin ends the run.
    InProcess,
}

impl Isolation {
    /// All values, the default first.
    pub const ALL: [Self; 2] = [Self::Process, Self::InProcess];

    /// Its name in the lock file and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::InProcess => "in-process",
        }
    }
}

/// The entry of an added plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The plugin's version.
    pub version: String,
    /// The version of `leverage-plugin-api` that it was built with.
    pub api: String,
    /// The hash of its library. No other file is opened for this entry.
    pub hash: Hash,
    /// Whether the plugin can be used.
    pub enabled: bool,
    /// Where it runs.
    pub isolation: Isolation,
    /// When it was added, in UTC.
    pub added: String,
    /// The file that it was added from, for information only.
    pub origin: String,
    /// The purpose of the plugin, in one sentence.
    pub description: String,
    /// The lookups that the user agreed to.
    pub lookups: Vec<String>,
    /// The credential types that it adds.
    #[serde(default)]
    pub types: Vec<TypeInfo>,
    /// The output targets that it adds.
    #[serde(default)]
    pub outputs: Vec<OutputInfo>,
}

impl Entry {
    /// The plugin's manifest at the time it was added.
    pub fn manifest(&self, id: &str) -> Manifest {
        let mut manifest = Manifest::new(id, &self.version, &self.api);
        manifest.description.clone_from(&self.description);
        manifest.lookups.clone_from(&self.lookups);
        manifest.types.clone_from(&self.types);
        manifest.outputs.clone_from(&self.outputs);
        manifest
    }
}

/// The entries of all added plugins, by id.
pub type Entries = BTreeMap<String, Entry>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default)]
    plugins: Entries,
}

/// The version alone, to read it from a file of any version.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Parses the text of the file. `name` is what errors call the file.
///
/// # Errors
///
/// The text is invalid, or of a later version.
pub(crate) fn parse(text: &str, name: &str) -> Result<Entries> {
    if let Ok(Versioned { version }) = toml::from_str(text)
        && version > VERSION
    {
        let message = format!("unsupported version {version} of `{name}`; this leverage supports version {VERSION}");
        return Err(Error::new(Kind::Plugin, message).hint("upgrade leverage"));
    }
    let document: Document = toml::from_str(text).map_err(|error| {
        toml_error(Kind::Plugin, name, text, &error).hint("correct the file, or remove it and add your plugins again")
    })?;
    Ok(document.plugins)
}

/// Renders the text of the file.
///
/// # Errors
///
/// TOML cannot represent an entry, which does not happen.
pub(crate) fn render(entries: &Entries) -> Result<String> {
    const HEADING: &str = "# The plugins that you added. Written by `leverage plugin`.\n\n";
    let document = Document { version: VERSION, plugins: entries.clone() };
    let text = toml::to_string(&document)
        .map_err(|error| Error::new(Kind::Internal, "failed to serialize the list of plugins").cause(error))?;
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
    fn parse_reads_rendered_entries() {
        assert_eq!(parse(&render(&entries()).unwrap(), "f").unwrap(), entries());
        assert_eq!(parse("version = 1\n", "f").unwrap(), Entries::new());
    }

    #[test]
    fn parse_reports_unknown_keys_and_values_with_line() {
        let text = render(&entries()).unwrap();
        for (from, to) in [
            ("enabled = true", "enabled = true\nenable = false"),
            ("isolation = \"process\"", "isolation = \"thread\""),
            ("sha256-", "md5-"),
            ("enabled = true\n", ""),
            ("[plugins.audit]", "[plugin.audit]"),
        ] {
            let error = parse(&text.replacen(from, to, 1), "f").unwrap_err();
            assert!(error.kind == Kind::Plugin && error.message.starts_with("f:"), "{error}");
        }
        let twice = format!("{text}\n[plugins.audit]\n");
        assert!(parse(&twice, "f").unwrap_err().message.starts_with("f:"));
    }

    #[test]
    fn parse_of_later_version_suggests_upgrade() {
        let error = parse("version = 2\nwhatever = 1\n", "f").unwrap_err();
        assert_eq!(error.hints, ["upgrade leverage"]);
    }
}
