//! The AWS SDK's own reading of the shared config and credentials files.
//!
//! Takes the texts of both files; gives the profiles in them. It serves to look existing profiles up,
//! and to check what is about to be written.

use aws_config::profile::{ProfileFileLoadError, ProfileSet, load};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::{Env, Fs};
use leverage_plugin_api::model::{Plan, ProfileSettings};

use leverage_error::{Error, Kind, Result};

/// The settings that are looked up: those that say whose credentials a profile has.
///
/// The SDK's parser finds settings by name and lists none.
const SETTINGS: [&str; 15] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "credential_process",
    "credential_source",
    "external_id",
    "mfa_serial",
    "output",
    "region",
    "role_arn",
    "role_session_name",
    "source_profile",
    "sso_account_id",
    "sso_role_name",
    "sso_session",
];

/// The profiles of a pair of shared files.
#[derive(Debug)]
pub struct Profiles(ProfileSet);

impl Profiles {
    /// Parses both files. Secret values in the texts may be tokens.
    ///
    /// # Errors
    ///
    /// A file that the SDK refuses, and where.
    pub async fn parse(config: &str, credentials: &str) -> Result<Self> {
        match parse(config, credentials).await {
            Ok(profiles) => Ok(Self(profiles)),
            // The SDK does not say which of the two it means.
            Err(error) => Err(match parse(config, "").await {
                Ok(_) => refused("credentials", &error),
                Err(error) => refused("config", &error),
            }),
        }
    }

    /// The settings of a profile, if there is one of that name.
    pub fn get(&self, name: &str) -> Option<ProfileSettings> {
        let profile = self.0.get_profile(name)?;
        let setting = |key: &&str| Some(((*key).to_owned(), profile.get(key)?.to_owned()));
        Some(ProfileSettings::new(SETTINGS.iter().filter_map(setting).collect()))
    }

    /// Checks that every profile and session that `plan` wants is read as it was meant.
    ///
    /// # Errors
    ///
    /// The first setting that is not.
    pub fn check_profiles(&self, plan: &Plan) -> Result<()> {
        for profile in &plan.profiles {
            for (key, value) in &profile.settings {
                self.reads(&profile.name, key, value)?;
            }
        }
        for session in &plan.sso_sessions {
            let read = self.0.sso_session(&session.name);
            for (key, value) in &session.settings {
                if read.and_then(|settings| settings.get(key)) != Some(value) {
                    return Err(misread(key, "session", &session.name));
                }
            }
        }
        Ok(())
    }

    /// Checks that the keys that `plan` wants are found in their profile.
    ///
    /// # Errors
    ///
    /// They are not.
    pub fn check_keys(&self, plan: &Plan) -> Result<()> {
        match &plan.keys {
            Some(keys) => self.reads(&keys.profile, "aws_access_key_id", &keys.pair.access_key_id),
            None => Ok(()),
        }
    }

    fn reads(&self, profile: &str, key: &str, value: &str) -> Result<()> {
        let read = self.0.get_profile(profile).and_then(|settings| settings.get(key));
        if read == Some(value) { Ok(()) } else { Err(misread(key, "profile", profile)) }
    }
}

async fn parse(config: &str, credentials: &str) -> Result<ProfileSet, ProfileFileLoadError> {
    let files = EnvConfigFiles::builder()
        .with_contents(EnvConfigFileKind::Config, as_the_aws_cli_reads(config))
        .with_contents(EnvConfigFileKind::Credentials, as_the_aws_cli_reads(credentials))
        .build();
    load(&Fs::from_slice(&[]), &Env::from_slice(&[]), &files, None).await
}

fn misread(key: &str, kind: &str, name: &str) -> Error {
    Error::new(Kind::Plugin, format!("the AWS SDK would not read `{key}` of the {kind} {name} as it was to be written"))
        .hint("nothing was written; an output target renders this file wrongly")
}

/// The text without what only the SDK trips over: a byte order mark, and indented comments, which the
/// AWS CLI skips. Lines keep their numbers.
fn as_the_aws_cli_reads(text: &str) -> String {
    let is_indented_comment = |line: &str| line.starts_with([' ', '\t']) && line.trim_start().starts_with(['#', ';']);
    let lines = text.trim_start_matches('\u{feff}').split_inclusive('\n');
    lines.map(|line| if is_indented_comment(line) { "#\n" } else { line }).collect()
}

fn refused(file: &str, error: &dyn std::error::Error) -> Error {
    let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let cause: Vec<&str> = cause.split_whitespace().collect();
    Error::new(Kind::Files, format!("the AWS SDK can't read the shared {file} file"))
        .cause(cause.join(" "))
        .hint("correct it at the line that is named; `aws configure list-profiles` shows whether it can be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(config: &str, credentials: &str) -> Result<Profiles> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(Profiles::parse(config, credentials))
    }

    #[test]
    fn both_files_make_one_profile() {
        let profiles = parse("[profile a]\nregion = x\n", "[a]\naws_access_key_id = y\n").unwrap();
        let settings = profiles.get("a").unwrap();
        assert!(settings.has_access_keys());
        assert_eq!(settings.settings["region"], "x");
        assert_eq!(profiles.get("b"), None);
    }

    #[test]
    fn what_the_aws_cli_skips_does_no_harm() {
        let config = "\u{feff}# x\r\n[profile a]\r\n  # mine\r\ns3 =\r\n  a = 1\r\n  ; nested\r\nregion = x\r\n";
        assert_eq!(parse(config, "").unwrap().get("a").unwrap().settings["region"], "x");
    }

    #[test]
    fn the_file_that_is_refused_is_named_with_its_line() {
        for (config, credentials, file) in [("[a\n", "", "config"), ("", "\n[a\n", "credentials")] {
            let error = parse(config, credentials).unwrap_err();
            assert!(error.message.contains(&format!("{file} file")), "{error}");
            assert!(error.causes().is_some_and(|cause| cause.contains("on line")), "{error}");
        }
    }
}
