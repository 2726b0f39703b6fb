//! What the two files call their sections, and what an edit asks of one.

use leverage_plugin_api::model::Failure;
use std::fmt;

use crate::text::EditError;

/// One of the two files: they name their sections differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedFile {
    /// The shared config file: `[profile name]`, or `[default]`.
    Config,
    /// The shared credentials file: `[name]`.
    Credentials,
}

impl SharedFile {
    /// The file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Credentials => "credentials",
        }
    }

    /// The header under which both programs read the section.
    pub(super) fn header(self, section: SectionName<'_>) -> String {
        match (self, section) {
            (_, SectionName::SsoSession(name)) => format!("[sso-session {name}]"),
            (Self::Config, SectionName::Profile(name)) if name != "default" => format!("[profile {name}]"),
            (_, SectionName::Profile(name)) => format!("[{name}]"),
        }
    }

    /// What is wrong at this place in the file's text, and what to do about it.
    pub(super) fn failure(self, text: &str, at: usize, problem: impl Into<String>, hint: impl Into<String>) -> Failure {
        EditError::at(text, at, problem, hint).in_file(self.name())
    }
}

/// What a section describes, and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SectionName<'a> {
    /// A profile.
    Profile(&'a str),
    /// A session of IAM Identity Center, which profiles share. In the config file only.
    SsoSession(&'a str),
}

impl<'a> SectionName<'a> {
    /// The name alone.
    pub fn name(self) -> &'a str {
        match self {
            Self::Profile(name) | Self::SsoSession(name) => name,
        }
    }

    /// What it is: the first word of its header in the config file.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Profile(_) => "profile",
            Self::SsoSession(_) => "sso-session",
        }
    }
}

impl fmt::Display for SectionName<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind(), self.name())
    }
}

/// What a section shall say. Its other settings stay.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SectionEdit<'a> {
    /// The section.
    pub section: SectionName<'a>,
    /// Settings that it shall have, in the order in which missing ones are added.
    pub set: &'a [(String, String)],
    /// Settings that it shall not have.
    pub remove: &'a [&'a str],
}

impl<'a> SectionEdit<'a> {
    /// Gives the profile called `name` these settings.
    pub fn profile(name: &'a str, set: &'a [(String, String)]) -> Self {
        Self { section: SectionName::Profile(name), set, remove: &[] }
    }

    /// Gives the session called `name` these settings.
    pub fn sso_session(name: &'a str, set: &'a [(String, String)]) -> Self {
        Self { section: SectionName::SsoSession(name), set, remove: &[] }
    }

    /// Removes these settings, if the section has them.
    #[must_use]
    pub fn remove(self, remove: &'a [&'a str]) -> Self {
        Self { remove, ..self }
    }
}
