//! The options of the output `dotenv`.

use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::Settings;

/// The output's name.
pub(crate) const NAME: &str = "dotenv";

/// The form of the credentials: the name of a profile, or the access keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CredentialsForm {
    Profile,
    Keys,
}

/// The format of the variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Dotenv,
    GithubActions,
}

/// The options, with their defaults.
pub(crate) struct DotenvOptions<'a> {
    pub format: Format,
    pub path: &'a str,
    pub credentials: CredentialsForm,
    pub profile: Option<&'a str>,
    pub account_ids: bool,
}

impl<'a> DotenvOptions<'a> {
    /// Reads the options.
    ///
    /// # Errors
    ///
    /// An unknown option, or an invalid value.
    pub fn read(request: &'a Request) -> Result<Self, Failure> {
        let known = ["format", "path", "credentials", "profile", "account_ids"];
        let settings = Settings::of(request, NAME, &known)?;
        let format =
            settings.choice("format", ("dotenv", Format::Dotenv), &[("github-actions", Format::GithubActions)])?;
        if format == Format::GithubActions && settings.text("path")?.is_some() {
            return Err(Failure::new(format!("option `path` of output `{NAME}` does not apply to GitHub Actions"))
                .hint("remove it: the path is always that in `GITHUB_ENV`"));
        }
        let keys = [("keys", CredentialsForm::Keys)];
        Ok(Self {
            format,
            path: settings.path("path", ".env")?,
            credentials: settings.choice("credentials", ("profile", CredentialsForm::Profile), &keys)?,
            profile: settings.text("profile")?,
            account_ids: settings.flag("account_ids", true)?,
        })
    }
}
