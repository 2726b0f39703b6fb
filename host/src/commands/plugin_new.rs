//! `leverage plugin new`: writes the crate of a new plugin. Nothing that is there already is touched.

mod scaffold;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::NewPluginArgs;
use crate::ui;
use leverage_error::{Error, Kind, Result};
use leverage_loader::Registry;
pub use scaffold::{Adds, Scaffold, check_name};

/// Runs the command.
///
/// # Errors
///
/// A name that can't be used, a folder that exists already, or one that can't be written.
pub fn run(args: &NewPluginArgs, registry: &Registry) -> Result<()> {
    let name = args.name.as_str();
    check_name(name).map_err(|form| {
        Error::new(Kind::Usage, format!("{name:?} is no name for a plugin")).hint(format!("use {form}"))
    })?;
    let mut known = registry.manifests();
    let taken = known.any(|manifest| {
        let has_type = manifest.types.iter().any(|info| info.name.eq_ignore_ascii_case(name));
        manifest.id == name || has_type || manifest.outputs.iter().any(|info| info.name == name)
    });
    if taken {
        return Err(Error::new(Kind::Usage, format!("there is a plugin {name:?} already")).hint("use another name"));
    }
    let api_path = args.api_path.as_deref().map(api_path).transpose()?;
    let folder = args.path.clone().unwrap_or_else(|| PathBuf::from(format!("leverage-plugin-{name}")));
    let adds = if args.output { Adds::Output } else { Adds::CredentialType };
    let scaffold = Scaffold { name, adds, api_path: api_path.as_deref() };
    write(&folder, &scaffold.files())?;

    let library = scaffold::library(name);
    if args.json {
        let files: Vec<&str> = scaffold.files().into_iter().map(|(path, _)| path).collect();
        ui::json(&serde_json::json!({ "id": name, "folder": folder, "files": files, "library": library }));
    } else {
        let steps = [
            format!("cd {}", folder.display()),
            "cargo test".to_owned(),
            "cargo build --release".to_owned(),
            format!("leverage plugin verify {library}"),
            format!("leverage plugin add {library}"),
        ];
        ui::created(&folder.display().to_string(), &steps);
    }
    Ok(())
}

/// The folder of `leverage-plugin-api`, so that a crate elsewhere finds it.
fn api_path(given: &Path) -> Result<PathBuf> {
    let refused = |why: String| {
        Err(Error::new(Kind::Usage, format!("{} is not the folder of leverage-plugin-api", given.display()))
            .cause(why)
            .hint("give the folder `plugin-api` of a checkout of leverage"))
    };
    match fs::read_to_string(given.join("Cargo.toml")) {
        Ok(manifest) if manifest.contains("name = \"leverage-plugin-api\"") => {}
        Ok(_) => return refused("its Cargo.toml is of another crate".to_owned()),
        Err(error) => return refused(error.to_string()),
    }
    given.canonicalize().or_else(|error| refused(error.to_string()))
}

/// Writes the files into a folder that must not exist yet.
fn write(folder: &Path, files: &[(&'static str, String)]) -> Result<()> {
    let failed = |path: &Path, error: std::io::Error| {
        Error::new(Kind::Files, format!("{} can't be written", path.display())).cause(error)
    };
    if folder.symlink_metadata().is_ok() {
        return Err(Error::new(Kind::Files, format!("{} exists already", folder.display()))
            .hint("give another folder with `--path DIR`; nothing was written"));
    }
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| failed(parent, error))?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}
