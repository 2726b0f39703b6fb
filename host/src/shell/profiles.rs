//! The AWS SDK's own reading of the shared config and credentials files.
//!
//! Takes the texts of both files; gives the profiles in them. It serves to look existing profiles up,
//! and to check what is about to be written.

use aws_config::profile::{ProfileSet, load};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::{Env, Fs};
use leverage_plugin_api::model::{Plan, ProfileSettings};

use crate::error::{Error, Kind, Result};

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
    /// A file that the SDK refuses.
    pub async fn parse(config: &str, credentials: &str) -> Result<Self> {
        let files = EnvConfigFiles::builder()
            .with_contents(EnvConfigFileKind::Config, without_byte_order_mark(config))
            .with_contents(EnvConfigFileKind::Credentials, without_byte_order_mark(credentials))
            .build();
        load(&Fs::from_slice(&[]), &Env::from_slice(&[]), &files, None).await.map(Self).map_err(|error| refused(&error))
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

fn misread(key: &str, kind: &str, name: &str) -> Error {
    Error::new(Kind::Plugin, format!("the AWS SDK would not read `{key}` of the {kind} {name} as it was to be written"))
        .hint("nothing was written; an output target renders this file wrongly")
}

/// botocore skips a byte order mark; the SDK takes it for a part of the first line.
fn without_byte_order_mark(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

fn refused(error: &dyn std::error::Error) -> Error {
    let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    Error::new(Kind::Files, "the AWS SDK can't read the shared config and credentials files")
        .cause(cause)
        .hint("correct the file at the line that is named; `aws configure list-profiles` shows whether it can be read")
}
