//! The two shared files, the names of their sections, and the edit of a section.

use leverage_plugin_api::model::Failure;
use std::fmt;

use crate::text::EditError;

/// One of the two shared files, which name their sections differently.
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

    /// The section header that both programs accept.
    pub(super) fn header(self, section: SectionName<'_>) -> String {
        match (self, section) {
            (_, SectionName::SsoSession(name)) => format!("[sso-session {name}]"),
            (Self::Config, SectionName::Profile(name)) if name != "default" => format!("[profile {name}]"),
            (_, SectionName::Profile(name)) => format!("[{name}]"),
        }
    }

    /// The failure at this place in the file's text.
    pub(super) fn failure(self, text: &str, at: usize, problem: impl Into<String>, hint: impl Into<String>) -> Failure {
        EditError::at(text, at, problem, hint).in_file(self.name())
    }
}

/// The kind and the name of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SectionName<'a> {
    /// A profile.
    Profile(&'a str),
    /// An IAM Identity Center session, shared by profiles. Only in the config file.
    SsoSession(&'a str),
}

impl<'a> SectionName<'a> {
    /// The name without the kind.
    pub fn name(self) -> &'a str {
        match self {
            Self::Profile(name) | Self::SsoSession(name) => name,
        }
    }

    /// The section for messages.
    pub(super) fn shown(self) -> String {
        format!("{} `{}`", self.kind(), self.name())
    }

    /// The kind: the first word of the header in the config file.
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

/// The edit of a section. Its other settings are kept.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SectionEdit<'a> {
    /// The section.
    pub section: SectionName<'a>,
    /// Settings to set, in the order for missing ones.
    pub set: &'a [(String, String)],
    /// Settings to remove.
    pub remove: &'a [&'a str],
}

impl<'a> SectionEdit<'a> {
    /// Sets settings of the profile `name`.
    pub fn profile(name: &'a str, set: &'a [(String, String)]) -> Self {
        Self { section: SectionName::Profile(name), set, remove: &[] }
    }

    /// Sets settings of the session `name`.
    pub fn sso_session(name: &'a str, set: &'a [(String, String)]) -> Self {
        Self { section: SectionName::SsoSession(name), set, remove: &[] }
    }

    /// Also removes these settings, if the section has them.
    #[must_use]
    pub fn remove(self, remove: &'a [&'a str]) -> Self {
        Self { remove, ..self }
    }
}
