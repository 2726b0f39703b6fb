//! The command line as a whole: consistent, and readable in a terminal of 80 columns.

use super::command;

/// Every command with its full name.
fn commands() -> Vec<(String, clap::Command)> {
    let mut root = command(std::iter::empty()).term_width(80);
    root.build();
    let mut found = Vec::new();
    let mut rest = vec![("leverage".to_owned(), root)];
    while let Some((name, command)) = rest.pop() {
        let children = command.get_subcommands().filter(|child| !child.is_hide_set() && child.get_name() != "help");
        rest.extend(children.map(|child| (format!("{name} {}", child.get_name()), child.clone())));
        found.push((name, command));
    }
    found
}

#[test]
fn command_line_passes_the_checks_of_clap() {
    command(std::iter::empty()).debug_assert();
}

#[test]
fn help_of_each_command_fits_in_80_columns_and_has_an_example() {
    for (name, mut command) in commands() {
        let help = command.render_long_help().to_string();
        assert!(help.contains("\nExample:\n"), "{name} has no example:\n{help}");
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
    }
}

#[test]
fn help_of_each_command_without_subcommands_states_its_effect() {
    for (name, mut command) in commands().into_iter().filter(|(_, command)| !command.has_subcommands()) {
        let help = command.render_help().to_string();
        assert!(help.contains("Reads only") || help.contains("Modifies: "), "{name} states no effect:\n{help}");
    }
}

#[test]
fn help_groups_every_option_under_a_heading_with_global_options_last() {
    for (name, mut command) in commands() {
        let help = command.render_help().to_string();
        let headings: Vec<&str> = help.lines().filter(|line| line.ends_with(':') && !line.starts_with(' ')).collect();
        assert!(!headings.contains(&"Options:"), "{name}:\n{help}");
        let mut after_global = headings.iter().skip_while(|heading| **heading != "Global options:").skip(1);
        let options = ["Access keys:", "MFA:", "Accounts and roles:", "Output:", "Automation:"];
        assert!(after_global.all(|heading| !options.contains(heading)), "{name}:\n{help}");
        assert!(headings.contains(&"Global options:"), "{name}:\n{help}");
    }
}
