//! `leverage config`: shows the effective configuration, and creates a commented file.

use std::io;

use crate::cli::{ChoiceArgs, ConfigCommand};
use crate::effects::{Disk, machine};
use crate::ui;
use leverage_core::config::TEMPLATE;
use leverage_error::{Error, Kind, Result};
use leverage_loader::Registry;
use leverage_run::config_files::{self, FILE_NAME};
use leverage_run::{configure, project_files};

/// Runs the command.
///
/// # Errors
///
/// The configuration is invalid, or the file to create exists.
pub(crate) fn run(command: ConfigCommand, registry: &Registry) -> Result<()> {
    match command {
        ConfigCommand::Show { choice, json } => show(choice, json, registry),
        ConfigCommand::Init { json } => init(json),
    }
}

fn show(choice: ChoiceArgs, json: bool, registry: &Registry) -> Result<()> {
    let folder = machine::working_folder()?;
    let user = config_files::user_file(&machine::home()?, &machine::environment);
    let config = config_files::read(&Disk, &user, project_files::root(&folder, &Disk), &folder)?;
    config.check_types(registry.known_types())?;
    let selection = configure::selection(choice.env, choice.outputs, &machine::environment);
    let effective = config.select(selection, registry.selected_outputs())?;
    configure::check_outputs(&effective, registry)?;
    let settings = effective.settings();
    if json {
        let environments: Vec<&str> = config.environments().collect();
        ui::json(&serde_json::json!({ "environments": environments, "settings": settings }));
    } else {
        ui::settings(&settings);
    }
    Ok(())
}

fn init(json: bool) -> Result<()> {
    let folder = machine::working_folder()?;
    let path = project_files::root(&folder, &Disk).join(FILE_NAME);
    machine::create_file(&path, TEMPLATE).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Error::new(Kind::Files, format!("`{}` already exists", path.display()))
            .hint("edit this file; to start from the defaults, remove it first"),
        _ => Error::new(Kind::Files, format!("failed to write `{}`", path.display())).cause(error),
    })?;
    let path = path.display().to_string();
    if json {
        ui::json(&serde_json::json!({ "created": path }));
    } else {
        ui::done("created", &path);
        ui::next_steps(&["leverage config show".to_owned()]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::{DEFAULT_OUTPUTS, registry};

    #[test]
    fn template_names_the_default_outputs_and_known_types() {
        assert!(TEMPLATE.contains(&format!("outputs = {DEFAULT_OUTPUTS:?}")), "{TEMPLATE}");
        let registry = registry().unwrap();
        let known: Vec<&str> = registry.known_types().collect();
        for named in TEMPLATE.lines().filter_map(|line| line.strip_prefix("#[types.")) {
            assert!(known.iter().any(|known| named.starts_with(known)), "{named}");
        }
    }
}
