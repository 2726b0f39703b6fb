//! The files of a new plugin's crate, from its name and what it adds. Pure.

use std::path::Path;

/// What a new plugin adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contribution {
    /// A credential type.
    CredentialType,
    /// An output target.
    Output,
}

/// The crate of a new plugin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scaffold<'a> {
    /// The plugin's id, which [`check_name`] accepts.
    pub name: &'a str,
    /// What it adds.
    pub adds: Contribution,
    /// The folder of `leverage-plugin-api`, if it does not come from the registry.
    pub api_path: Option<&'a Path>,
}

/// The longest name of a plugin.
const MAX_NAME: usize = 32;

/// Checks the name of a plugin. It is the plugin's id, a part of its crate's name and, in upper case, its type's name.
///
/// # Errors
///
/// The valid form.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_valid = name.len() <= MAX_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(is_allowed)
        && !name.ends_with('-')
        && !name.contains("--");
    if is_valid {
        return Ok(());
    }
    Err(format!("at most {MAX_NAME} lower-case letters, digits and single dashes, starting with a letter"))
}

/// The path of the built library, relative to the crate's folder.
pub(super) fn library(name: &str) -> String {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    format!("target/release/{prefix}leverage_plugin_{}{suffix}", name.replace('-', "_"))
}

impl Scaffold<'_> {
    /// The files: paths relative to the crate's folder, with their texts.
    pub fn files(&self) -> Vec<(&'static str, String)> {
        let (code, tests) = match self.adds {
            Contribution::CredentialType => (include_str!("type.rs.tmpl"), include_str!("type_tests.rs.tmpl")),
            Contribution::Output => (include_str!("output.rs.tmpl"), include_str!("output_tests.rs.tmpl")),
        };
        let templates = [
            ("Cargo.toml", include_str!("Cargo.toml.tmpl")),
            ("src/lib.rs", code),
            ("src/tests.rs", tests),
            ("rustfmt.toml", include_str!("rustfmt.toml.tmpl")),
            ("README.md", include_str!("README.md.tmpl")),
            (".gitignore", include_str!("gitignore.tmpl")),
            (".github/workflows/ci.yml", include_str!("ci.yml.tmpl")),
        ];
        templates.map(|(path, template)| (path, self.fill(template))).into()
    }

    fn fill(&self, template: &str) -> String {
        let upper = self.name.to_uppercase();
        let (structure, about, usage) = match self.adds {
            Contribution::CredentialType => (
                format!("{}Credentials", camel(self.name)),
                format!("Credential type {upper}"),
                format!("leverage credentials configure --type {upper} --credentials-file FILE"),
            ),
            Contribution::Output => (
                format!("{}Writer", camel(self.name)),
                format!("Output {}", self.name),
                format!("leverage credentials configure --type SECURITY --output {} --dry-run", self.name),
            ),
        };
        template
            .replace("{{name}}", self.name)
            .replace("{{TYPE}}", &upper)
            .replace("{{snake}}", &self.name.replace('-', "_"))
            .replace("{{Struct}}", &structure)
            .replace("{{about}}", &about)
            .replace("{{use}}", &usage)
            .replace("{{library}}", &library(self.name))
            .replace("{{dependencies}}", &self.dependencies())
            .replace("{{testkit}}", &self.dependency("testkit", leverage_testkit::VERSION))
    }

    /// The crates that the code uses, one per line.
    fn dependencies(&self) -> String {
        let api = format!("leverage-plugin-api = {}", self.dependency("", leverage_plugin_api::VERSION));
        match self.adds {
            Contribution::CredentialType => {
                format!("leverage-planner = {}\n{api}", self.dependency("planner", leverage_planner::VERSION))
            }
            Contribution::Output => api,
        }
    }

    /// The dependency on the crate in `folder` of `plugin-api`, as in Cargo.toml.
    fn dependency(&self, folder: &str, version: &str) -> String {
        match self.api_path {
            Some(path) => {
                let path = if folder.is_empty() { path.to_owned() } else { path.join(folder) };
                format!("{{ path = {}, version = \"{version}\" }}", toml_string(&path.to_string_lossy()))
            }
            None => format!("{{ version = \"{version}\" }}"),
        }
    }
}

/// The name in camel case: `read-only` becomes `ReadOnly`.
fn camel(name: &str) -> String {
    let capital = |word: &str| {
        let mut characters = word.chars();
        characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect::<String>()
    };
    name.split('-').map(capital).collect()
}

/// The text as a TOML string in double quotes.
fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(scaffold: Scaffold<'_>, wanted: &str) -> String {
        scaffold.files().into_iter().find(|(path, _)| *path == wanted).unwrap().1
    }

    #[test]
    fn code_has_fewer_than_40_lines() {
        for adds in [Contribution::CredentialType, Contribution::Output] {
            let code = file(Scaffold { name: "audit", adds, api_path: None }, "src/lib.rs");
            assert!(code.lines().count() < 40, "{adds:?} has {} lines", code.lines().count());
        }
    }

    #[test]
    fn files_have_no_placeholders_left() {
        for adds in [Contribution::CredentialType, Contribution::Output] {
            for (path, text) in (Scaffold { name: "read-only", adds, api_path: None }).files() {
                assert!(!text.contains("{{"), "{path}: {text}");
                assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path}");
            }
        }
    }

    #[test]
    fn guide_shows_the_generated_code() {
        let guide = include_str!("../../../../plugin-api/docs/WRITING-A-PLUGIN.md");
        let scaffold = Scaffold { name: "audit", adds: Contribution::CredentialType, api_path: None };
        for (path, opening) in [("src/lib.rs", "```rust,standalone_crate\n"), ("src/tests.rs", "```rs\n")] {
            assert!(
                guide.contains(&format!("{opening}{}```\n", file(scaffold, path))),
                "{path} in the guide differs from the generated file"
            );
        }
        assert!(guide.contains(&library("audit").replace(std::env::consts::DLL_SUFFIX, ".so")));
    }

    #[test]
    fn manifest_lists_the_crates_that_the_code_uses() {
        let path = Path::new("/a \"b\"/plugin-api");
        let scaffold = Scaffold { name: "audit", adds: Contribution::Output, api_path: Some(path) };
        let dependencies = |scaffold: Scaffold<'_>| -> Vec<String> {
            let manifest = file(scaffold, "Cargo.toml");
            let lines = manifest.lines().filter(|line| line.starts_with("leverage-"));
            lines.map(str::to_owned).collect()
        };
        let [api, testkit] = <[String; 2]>::try_from(dependencies(scaffold)).unwrap();
        assert!(api.starts_with(r#"leverage-plugin-api = { path = "/a \"b\"/plugin-api", version = "1."#), "{api}");
        let start = r#"leverage-testkit = { path = "/a \"b\"/plugin-api/testkit", version = "0."#;
        assert!(testkit.starts_with(start), "{testkit}");
        let [planner, api, _] = <[String; 3]>::try_from(dependencies(Scaffold {
            adds: Contribution::CredentialType,
            api_path: None,
            ..scaffold
        }))
        .unwrap();
        assert!(planner.starts_with("leverage-planner = { version = \"0."), "{planner}");
        assert!(api.starts_with("leverage-plugin-api = { version = \"1."), "{api}");
    }

    #[test]
    fn check_name_accepts_ids_that_can_be_part_of_a_crate_name() {
        for name in ["a", "audit", "read-only", "k8s"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", "-a", "a-", "a--b", "A", "1a", "a_b", "a/b", "../a", &"a".repeat(33)] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert_eq!(camel("read-only"), "ReadOnly");
        assert_eq!(toml_string("a\\\n"), "\"a\\\\\\u000A\"");
    }
}
