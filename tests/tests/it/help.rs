//! The help of every command, at 80 columns.

use clap::CommandFactory;
use leverage::cli::Cli;
use leverage_tests::place::Place;
use leverage_tests::program::Run;
use leverage_tests::snapshot;

/// Snapshots `-h` and `--help` of a command, and of its subcommands. Returns the number of commands.
fn check(command: &clap::Command, path: &[&str]) -> usize {
    let place = Place::new();
    for flag in ["-h", "--help"] {
        let help = Run::leverage(&place, "http://127.0.0.1:9").quiet_env("COLUMNS", "80").args(path).args([flag]);
        help.outcome().success();
    }
    snapshot!([&["leverage"], path].concat().join("-"), place.transcript());
    let shown = |command: &&clap::Command| !command.is_hide_set() && command.get_name() != "help";
    let subcommands = command.get_subcommands().filter(shown);
    1 + subcommands.map(|command| check(command, &[path, &[command.get_name()]].concat())).sum::<usize>()
}

#[test]
fn every_command_has_its_help_in_a_snapshot() {
    let commands = check(&Cli::command(), &[]);
    assert!(commands > 10, "only {commands} commands");
}
