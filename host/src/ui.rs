//! The only module that writes to the terminal: results, messages and progress for people, JSON for scripts.
//!
//! Results go to standard output, everything else to standard error. Colors appear only on a terminal, and never if
//! `NO_COLOR` is set. Control characters in texts from outside are escaped.

#![allow(clippy::disallowed_methods, reason = "writes to the terminal")]

mod command_line;
mod configuration;
mod diff;
mod message;
mod plugin;
mod progress;
mod report;
mod stream;
mod style;

pub(crate) use command_line::usage_or_help;
pub(crate) use configuration::settings;
pub(crate) use diff::diff;
pub(crate) use message::{error, error_as_json, note};
pub(crate) use plugin::{check, table, verdict};
pub(crate) use progress::AccountsProgress;
pub(crate) use report::{configured, done, next_steps, runs, undone};
pub(crate) use stream::{command_output, heading, json, lines, output_text};
