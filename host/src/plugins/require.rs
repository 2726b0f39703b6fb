//! What a project requires: ids and hashes in its `leverage.toml`.
//!
//! ```toml
//! [plugins.require]
//! audit = "sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
//! ```
//!
//! A project says which plugins it was made for. It can't say where they are: nothing is ever loaded
//! from a project. Whoever works on it adds them, once, by hand.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

use super::hash::Hash;
use super::toml_error;
use crate::error::{Kind, Result};
use crate::shell::files;

/// The file's name.
pub const FILE: &str = "leverage.toml";

/// The plugins that a project requires, by id.
pub type Required = BTreeMap<String, Hash>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    plugins: Plugins,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plugins {
    #[serde(default)]
    require: Required,
}

/// What the project around `folder` requires: of each `leverage.toml` from `root` down to `folder`, where
/// the deeper one wins.
///
/// # Errors
///
/// A file that can't be read or is of another form.
pub fn of_project(folder: &Path, root: &Path) -> Result<Required> {
    let mut folders: Vec<&Path> = folder.ancestors().take_while(|folder| folder.starts_with(root)).collect();
    folders.reverse();
    let mut required = Required::new();
    for folder in folders {
        let path = folder.join(FILE);
        let Some(snapshot) = files::read(&path)? else { continue };
        let text = String::from_utf8_lossy(&snapshot.bytes);
        required.extend(parse(&text, &path.display().to_string())?);
    }
    Ok(required)
}

/// What the text of a `leverage.toml` called `name` requires.
///
/// # Errors
///
/// It is of another form.
pub fn parse(text: &str, name: &str) -> Result<Required> {
    let document: Document = toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        toml_error(Kind::Project, name, text, &error)
            .hint("a project names plugins by id and hash alone: `[plugins.require]`, then `ID = \"sha256-…\"`")
    })?;
    Ok(document.plugins.require)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_names_ids_and_hashes() {
        let hash = Hash::of(b"x");
        let expected = Required::from([("audit".to_owned(), hash)]);
        assert_eq!(parse(&format!("[plugins.require]\naudit = \"{hash}\"\n"), "f").unwrap(), expected);
        assert_eq!(parse(&format!("[plugins]\nrequire = {{ audit = \"{hash}\" }}\n"), "f").unwrap(), expected);
        assert_eq!(parse("", "f").unwrap(), Required::new());
    }

    #[test]
    fn a_project_never_names_a_path() {
        for text in [
            "[plugins]\npath = \"evil.so\"\n",
            "[plugins.require]\naudit = \"./evil.so\"\n",
            "[plugins.require]\naudit = { path = \"evil.so\" }\n",
            "[plugins.load]\naudit = \"evil.so\"\n",
            "plugins = [\"evil.so\"]\n",
            "[plugin.require]\n",
        ] {
            let error = parse(text, "f").unwrap_err();
            assert!(error.kind == Kind::Project && error.message.starts_with("f, line "), "{error}");
        }
    }

    #[test]
    fn the_deeper_file_wins() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        let write = |folder: &Path, ids: &[(&str, Hash)]| {
            let lines: String = ids.iter().map(|(id, hash)| format!("{id} = \"{hash}\"\n")).collect();
            std::fs::write(folder.join(FILE), format!("[plugins.require]\n{lines}")).unwrap();
        };
        let [one, two, three] = [b"1", b"2", b"3"].map(|bytes| Hash::of(bytes));
        write(root.path(), &[("audit", one), ("other", two)]);
        write(&inner, &[("audit", three)]);
        let required = of_project(&inner, root.path()).unwrap();
        assert_eq!(required, Required::from([("audit".to_owned(), three), ("other".to_owned(), two)]));
    }
}
