//! `leverage plugin new`: creates a crate for a new plugin. Existing files are never touched.

mod scaffold;

use std::path::{Path, PathBuf};

use crate::cli::NewPluginArgs;
use crate::effects::machine;
use crate::ui;
use leverage_error::{Error, Kind, Result};
use leverage_loader::Registry;
use scaffold::{Contribution, Scaffold, check_name};

/// Runs the command.
///
/// # Errors
///
/// The name is invalid or in use, the folder exists, or a file cannot be written.
pub(crate) fn run(args: &NewPluginArgs, registry: &Registry) -> Result<()> {
    let name = args.name.as_str();
    check_name(name)
        .map_err(|form| Error::new(Kind::Usage, format!("invalid plugin name `{name}`")).hint(format!("use {form}")))?;
    check_unused(name, registry)?;
    let api_path = args.api_path.as_deref().map(api_path).transpose()?;
    let folder = args.path.clone().unwrap_or_else(|| PathBuf::from(format!("leverage-plugin-{name}")));
    let adds = if args.output { Contribution::Output } else { Contribution::CredentialType };
    let scaffold = Scaffold { name, adds, api_path: api_path.as_deref() };
    let files = scaffold.files();
    write(&folder, &files)?;

    let library = scaffold::library(name);
    if args.json {
        let files: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
        ui::json(&serde_json::json!({ "id": name, "folder": folder, "files": files, "library": library }));
    } else {
        let steps = [
            format!("cd {}", folder.display()),
            "cargo test".to_owned(),
            "cargo build --release".to_owned(),
            format!("leverage plugin verify {library}"),
            format!("leverage plugin add {library}"),
        ];
        ui::done("created", &format!("{} ({} files)", folder.display(), files.len()));
        ui::next_steps(&steps);
    }
    Ok(())
}

/// Checks that no known plugin, credential type or output has this name.
fn check_unused(name: &str, registry: &Registry) -> Result<()> {
    let is_used = registry.manifests().any(|manifest| {
        let has_type = manifest.types.iter().any(|info| info.name.eq_ignore_ascii_case(name));
        manifest.id == name || has_type || manifest.outputs.iter().any(|info| info.name == name)
    });
    if is_used {
        return Err(
            Error::new(Kind::Usage, format!("name `{name}` is already in use by a plugin")).hint("choose another name")
        );
    }
    Ok(())
}

/// The absolute path of the folder of `leverage-plugin-api`, so that a crate anywhere can depend on it.
fn api_path(given: &Path) -> Result<PathBuf> {
    let refused = |cause: String| {
        Err(Error::new(Kind::Usage, format!("`{}` is not the folder of leverage-plugin-api", given.display()))
            .cause(cause)
            .hint("pass the folder `plugin-api` of a checkout of leverage"))
    };
    match machine::read_text(&given.join("Cargo.toml")) {
        Ok(manifest) if manifest.contains("name = \"leverage-plugin-api\"") => {}
        Ok(_) => return refused("its Cargo.toml is for another crate".to_owned()),
        Err(error) => return refused(error.to_string()),
    }
    machine::canonical_path(given).or_else(|error| refused(error.to_string()))
}

/// Writes the files into a folder that must not exist.
fn write(folder: &Path, files: &[(&'static str, String)]) -> Result<()> {
    if machine::exists(folder) {
        return Err(Error::new(Kind::Files, format!("`{}` already exists", folder.display()))
            .hint("choose another folder with `--path DIR`"));
    }
    for (path, text) in files {
        let path = folder.join(path);
        machine::create_file(&path, text)
            .map_err(|error| Error::new(Kind::Files, format!("failed to write `{}`", path.display())).cause(error))?;
    }
    Ok(())
}
