//! `leverage config`: what the configuration says, and a file to begin with.

use std::fs::OpenOptions;
use std::io::{self, Write};

use crate::cli::{ChoiceArgs, ConfigCommand};
use crate::configure;
use crate::error::{Error, Kind, Result};
use crate::plugins::Registry;
use crate::shell::config::{self, FILE};
use crate::ui;

/// What `init` writes.
const TEMPLATE: &str = include_str!("config/leverage.toml.tmpl");

/// Runs the command.
///
/// # Errors
///
/// A configuration that can't be used, or a file that is there already.
pub fn run(command: ConfigCommand, registry: &Registry) -> Result<()> {
    match command {
        ConfigCommand::Show { choice, json } => show(choice, json, registry),
        ConfigCommand::Init { json } => init(json),
    }
}

fn show(choice: ChoiceArgs, json: bool, registry: &Registry) -> Result<()> {
    let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let folder = super::working_folder()?;
    let user = config::of_user(&super::home()?, &environment);
    let config = config::read(&user, configure::root(&folder), &folder)?;
    config.check_types(registry.known_types())?;
    let choice = configure::choice(choice.env, choice.outputs, &environment);
    let effective = config.choose(choice, registry.selected_outputs())?;
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
    let folder = super::working_folder()?;
    let path = configure::root(&folder).join(FILE);
    let file = OpenOptions::new().write(true).create_new(true).open(&path);
    file.and_then(|mut file| file.write_all(TEMPLATE.as_bytes())).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Error::new(Kind::Files, format!("{} exists already", path.display()))
            .hint("edit it, or move it away first; nothing was written"),
        _ => Error::new(Kind::Files, format!("{} can't be written", path.display())).cause(error),
    })?;
    let path = path.display().to_string();
    if json {
        ui::json(&serde_json::json!({ "created": path }));
    } else {
        ui::created(&path, &["leverage config show".to_owned()]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::config::{Choice, Layer, Scope, read};
    use crate::plugins::DEFAULT_OUTPUTS;

    fn layer(text: String) -> Layer {
        Layer { name: FILE.to_owned(), scope: Scope::Project, text }
    }

    /// The template with every option set.
    fn uncommented() -> String {
        let option = |line: &str| {
            line.strip_prefix('#').filter(|rest| !rest.is_empty() && !rest.starts_with(' ')).map(str::to_owned)
        };
        TEMPLATE.lines().filter_map(option).map(|line| line + "\n").collect()
    }

    #[test]
    fn a_new_file_says_nothing_and_every_line_of_it_is_right() {
        assert!(
            read(&[layer(TEMPLATE.to_owned())]).unwrap().choose(Choice::default(), &[]).unwrap().outputs.is_empty()
        );
        let config = read(&[layer(uncommented())]).unwrap();
        config.check_types(Registry::builtin().unwrap().known_types()).unwrap();
        let outputs = config.choose(Choice::default(), &[]).unwrap().outputs;
        assert_eq!(outputs.iter().map(|output| output.name.as_str()).collect::<Vec<_>>(), DEFAULT_OUTPUTS);
    }

    #[test]
    fn the_new_file_has_every_key() {
        let text = uncommented();
        for key in crate::core::config::keys() {
            assert!(text.contains(&key), "{key} is missing");
        }
    }
}
