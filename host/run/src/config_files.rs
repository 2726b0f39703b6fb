//! Reads the configuration files: the user's file, then each `leverage.toml` from the project's root down to the working
//! folder.

use std::path::{Path, PathBuf};

use leverage_core::config::{self, Config, Layer, Scope};
use leverage_error::{Kind, Result};
use leverage_files::Files;

use super::utf8;

/// The name of a configuration file in a project.
pub const FILE_NAME: &str = "leverage.toml";

/// The path of the user's file: in `$XDG_CONFIG_HOME` if that is an absolute path, else in `~/.config`.
pub fn user_file(home: &Path, environment: &dyn Fn(&str) -> Option<String>) -> PathBuf {
    let configured = environment("XDG_CONFIG_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    configured.unwrap_or_else(|| home.join(".config")).join("leverage/config.toml")
}

/// Reads the user's file, and the files of the project with this root.
///
/// # Errors
///
/// A file cannot be read, or is invalid; see [`config::read`].
pub fn read(files: &dyn Files, user: &Path, root: &Path, folder: &Path) -> Result<Config> {
    let mut folders: Vec<&Path> = folder.ancestors().take_while(|folder| folder.starts_with(root)).collect();
    folders.reverse();
    let mut layers = Vec::new();
    layers.extend(layer(files, user, user.display().to_string(), Scope::User)?);
    for folder in folders {
        let path = folder.join(FILE_NAME);
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        layers.extend(layer(files, &path, name, Scope::Project)?);
    }
    config::read(&layers)
}

fn layer(files: &dyn Files, path: &Path, name: String, scope: Scope) -> Result<Option<Layer>> {
    // Most folders have no configuration file.
    if !files.exists(path) {
        return Ok(None);
    }
    let Some(snapshot) = files.read(path)? else { return Ok(None) };
    let text = utf8::decode(&snapshot.bytes, &name, Kind::Project)?;
    tracing::info!(file = %path.display(), "reading the configuration");
    Ok(Some(Layer { name, scope, text: text.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use leverage_core::hash::Hash;

    #[test]
    fn read_merges_subfolders_over_the_root_over_the_user_file() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        let [one, two, three] = [b"1", b"2", b"3"].map(|bytes| Hash::of(bytes));
        let user = root.path().join("user.toml");
        let role = |name: &str| format!("types.AUDIT.role = \"{name}\"\n");
        std::fs::write(&user, role("User") + "types.AUDIT.suffix = \"user\"\n").unwrap();
        let require = format!("[plugins.require]\naudit = \"{one}\"\nother = \"{two}\"\n");
        std::fs::write(root.path().join(FILE_NAME), role("Root") + &require).unwrap();
        std::fs::write(inner.join(FILE_NAME), format!("[plugins.require]\naudit = \"{three}\"\n")).unwrap();

        let config = read(&leverage_files::Disk, &user, root.path(), &inner).unwrap();
        let required = [("audit".to_owned(), three), ("other".to_owned(), two)];
        assert_eq!(*config.required(), required.into());
        let effective = config.select(Default::default(), &[]).unwrap();
        let options = effective.profile_options("AUDIT", None, &[]);
        assert_eq!((options.role.as_deref(), options.suffix.as_deref()), (Some("Root"), Some("user")));
        let settings = effective.settings();
        let from = |key: &str| &settings.iter().find(|setting| setting.key == key).unwrap().from;
        assert_eq!(from("plugins.require.audit"), &format!("a/b/{FILE_NAME}:2"));
        assert_eq!(from("types.AUDIT.suffix"), &format!("{}:2", user.display()));
    }

    #[test]
    fn user_file_follows_the_xdg_standard() {
        let home = Path::new("/home/me");
        let file = |folder: Option<&'static str>| user_file(home, &|_| folder.map(str::to_owned));
        assert_eq!(file(None), home.join(".config/leverage/config.toml"));
        assert_eq!(file(Some("relative")), file(None));
        assert_eq!(file(Some("/elsewhere")), Path::new("/elsewhere/leverage/config.toml"));
    }
}
