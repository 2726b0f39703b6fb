//! Finds and reads the configuration files: the user's own, then each `leverage.toml` from the project's root down
//! to the working folder.

use std::path::{Path, PathBuf};

use leverage_core::config::{self, Config, Layer, Scope};
use leverage_error::{Error, Kind, Result};
use leverage_files::Files;

/// The name of a project's configuration file.
pub const FILE: &str = "leverage.toml";

/// The user's own file: in `$XDG_CONFIG_HOME`, else in `~/.config`. A relative path in the variable means nothing.
pub fn of_user(home: &Path, environment: &dyn Fn(&str) -> Option<String>) -> PathBuf {
    let chosen = environment("XDG_CONFIG_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    chosen.unwrap_or_else(|| home.join(".config")).join("leverage/config.toml")
}

/// Reads the user's file and those of the project with this root.
///
/// # Errors
///
/// A file that can't be read, or as [`config::read`].
pub fn read(files: &dyn Files, user: &Path, root: &Path, folder: &Path) -> Result<Config> {
    let mut folders: Vec<&Path> = folder.ancestors().take_while(|folder| folder.starts_with(root)).collect();
    folders.reverse();
    let mut layers = Vec::new();
    layers.extend(layer(files, user, user.display().to_string(), Scope::User)?);
    for folder in folders {
        let path = folder.join(FILE);
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        layers.extend(layer(files, &path, name, Scope::Project)?);
    }
    config::read(&layers)
}

fn layer(files: &dyn Files, path: &Path, name: String, scope: Scope) -> Result<Option<Layer>> {
    // Mostly there is none, and this is all that it costs.
    if !files.exists(path) {
        return Ok(None);
    }
    let Some(snapshot) = files.read(path)? else { return Ok(None) };
    let text = str::from_utf8(&snapshot.bytes).map_err(|error| {
        Error::new(Kind::Project, format!("{name} is not UTF-8")).cause(error).hint("save the file as UTF-8")
    })?;
    tracing::info!(file = %path.display(), "reading the configuration");
    Ok(Some(Layer { name, scope, text: text.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use leverage_core::hash::Hash;

    #[test]
    fn the_deeper_file_wins_and_the_users_own_comes_first() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        let [one, two, three] = [b"1", b"2", b"3"].map(|bytes| Hash::of(bytes));
        let user = root.path().join("user.toml");
        let role = |name: &str| format!("types.AUDIT.role = \"{name}\"\n");
        std::fs::write(&user, role("User") + "types.AUDIT.suffix = \"user\"\n").unwrap();
        let require = format!("[plugins.require]\naudit = \"{one}\"\nother = \"{two}\"\n");
        std::fs::write(root.path().join(FILE), role("Root") + &require).unwrap();
        std::fs::write(inner.join(FILE), format!("[plugins.require]\naudit = \"{three}\"\n")).unwrap();

        let config = read(&leverage_files::Disk, &user, root.path(), &inner).unwrap();
        let required = [("audit".to_owned(), three), ("other".to_owned(), two)];
        assert_eq!(*config.required(), required.into());
        let effective = config.choose(Default::default(), &[]).unwrap();
        let options = effective.profile_options("AUDIT", None, &[]);
        assert_eq!((options.role.as_deref(), options.suffix.as_deref()), (Some("Root"), Some("user")));
        let settings = effective.settings();
        let from = |key: &str| &settings.iter().find(|setting| setting.key == key).unwrap().from;
        assert_eq!(from("plugins.require.audit"), &format!("a/b/{FILE}:2"));
        assert_eq!(from("types.AUDIT.suffix"), &format!("{}:2", user.display()));
    }

    #[test]
    fn the_users_folder_is_that_of_the_desktop_standard() {
        let home = Path::new("/home/me");
        let own = |folder: Option<&'static str>| of_user(home, &|_| folder.map(str::to_owned));
        assert_eq!(own(None), home.join(".config/leverage/config.toml"));
        assert_eq!(own(Some("relative")), own(None));
        assert_eq!(own(Some("/elsewhere")), Path::new("/elsewhere/leverage/config.toml"));
    }
}
