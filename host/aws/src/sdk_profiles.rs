//! Profiles as the AWS SDK's parser reads them from the shared config and credentials files: to look up existing profiles, and
//! to check new contents before they are written.

use aws_config::profile::{ProfileFileLoadError, ProfileSet, load};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::{Env, Fs};
use leverage_plugin_api::model::{Plan, ProfileSettings};

use leverage_editors::ini::plain_form;
use leverage_error::{Error, Kind, Result};

/// The settings that are read: those that identify the credentials of a profile. The SDK's parser cannot list settings.
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

/// The profiles in a pair of shared files, as the AWS SDK reads them.
#[derive(Debug)]
pub struct SdkProfiles {
    profiles: ProfileSet,
    /// The file that the AWS SDK reads only in its plain form, and why.
    needs_plain_form: Option<(&'static str, String)>,
}

impl SdkProfiles {
    /// Parses both files. Secret values in the texts may be tokens.
    ///
    /// The AWS CLI reads some forms that the SDK rejects, such as indented settings. They do not matter in sections that
    /// leverage does not edit, and the editor rejects them in those that it does. So files with them are parsed in the
    /// plain form; see [`needs_plain_form`](Self::needs_plain_form).
    ///
    /// # Errors
    ///
    /// The SDK cannot parse a file.
    pub async fn parse(config: &str, credentials: &str) -> Result<Self> {
        let error = match parse(config, credentials).await {
            Ok(profiles) => return Ok(Self { profiles, needs_plain_form: None }),
            Err(error) => error,
        };
        // The SDK does not name the file, so parse one of them alone.
        let (file, error) = match parse(config, "").await {
            Ok(_) => ("credentials", error),
            Err(error) => ("config", error),
        };
        match parse(&plain_form(config), &plain_form(credentials)).await {
            Ok(profiles) => Ok(Self { profiles, needs_plain_form: Some((file, cause(&error))) }),
            Err(_) => Err(parse_error(file, &error)),
        }
    }

    /// The name of a file that the AWS CLI reads and the AWS SDK rejects, and why; none if the SDK reads both.
    pub fn needs_plain_form(&self) -> Option<(&'static str, &str)> {
        self.needs_plain_form.as_ref().map(|(file, why)| (*file, why.as_str()))
    }

    /// The settings of a profile; `None` if the profile does not exist.
    pub fn get(&self, name: &str) -> Option<ProfileSettings> {
        let profile = self.profiles.get_profile(name)?;
        let setting = |key: &&str| Some(((*key).to_owned(), profile.get(key)?.to_owned()));
        Some(ProfileSettings::new(SETTINGS.iter().filter_map(setting).collect()))
    }

    /// Checks that every profile and session of `plan` is read as planned.
    ///
    /// # Errors
    ///
    /// A setting is read differently.
    pub fn check_profiles(&self, plan: &Plan) -> Result<()> {
        for profile in &plan.profiles {
            for (key, value) in &profile.settings {
                self.check_setting(&profile.name, key, value)?;
            }
        }
        for session in &plan.sso_sessions {
            let read = self.profiles.sso_session(&session.name);
            for (key, value) in &session.settings {
                if read.and_then(|settings| settings.get(key)) != Some(value) {
                    return Err(misread(key, "session", &session.name));
                }
            }
        }
        Ok(())
    }

    /// Checks that the keys of `plan` are in their profile.
    ///
    /// # Errors
    ///
    /// They are not.
    pub fn check_keys(&self, plan: &Plan) -> Result<()> {
        match &plan.keys {
            Some(keys) => self.check_setting(&keys.profile, "aws_access_key_id", &keys.pair.access_key_id),
            None => Ok(()),
        }
    }

    fn check_setting(&self, profile: &str, key: &str, value: &str) -> Result<()> {
        let read = self.profiles.get_profile(profile).and_then(|settings| settings.get(key));
        if read == Some(value) { Ok(()) } else { Err(misread(key, "profile", profile)) }
    }
}

async fn parse(config: &str, credentials: &str) -> Result<ProfileSet, ProfileFileLoadError> {
    let files = EnvConfigFiles::builder()
        .with_contents(EnvConfigFileKind::Config, without_sdk_pitfalls(config))
        .with_contents(EnvConfigFileKind::Credentials, without_sdk_pitfalls(credentials))
        .build();
    load(&Fs::from_slice(&[]), &Env::from_slice(&[]), &files, None).await
}

fn misread(key: &str, kind: &str, name: &str) -> Error {
    Error::new(Kind::Plugin, format!("the AWS SDK reads `{key}` of the {kind} `{name}` differently than planned"))
        .hint("nothing was written; report this defect to the author of the output")
}

/// Removes what the AWS CLI skips and the SDK cannot parse: a byte order mark and indented comments. Line numbers stay the
/// same.
fn without_sdk_pitfalls(text: &str) -> String {
    let is_indented_comment = |line: &str| line.starts_with([' ', '\t']) && line.trim_start().starts_with(['#', ';']);
    let lines = text.trim_start_matches('\u{feff}').split_inclusive('\n');
    lines.map(|line| if is_indented_comment(line) { "#\n" } else { line }).collect()
}

fn parse_error(file: &str, error: &dyn std::error::Error) -> Error {
    Error::new(Kind::Files, format!("the AWS SDK cannot parse the shared {file} file"))
        .cause(cause(error))
        .hint("correct the line that the cause names, then run the command again")
}

/// The SDK's explanation, in one line.
fn cause(error: &dyn std::error::Error) -> String {
    let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let words: Vec<&str> = cause.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(config: &str, credentials: &str) -> Result<SdkProfiles> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(SdkProfiles::parse(config, credentials))
    }

    #[test]
    fn parse_merges_profile_from_both_files() {
        let profiles = parse("[profile a]\nregion = x\n", "[a]\naws_access_key_id = y\n").unwrap();
        let settings = profiles.get("a").unwrap();
        assert!(settings.has_access_keys());
        assert_eq!(settings.settings["region"], "x");
        assert_eq!(profiles.get("b"), None);
    }

    #[test]
    fn parse_skips_what_the_aws_cli_skips() {
        let config = "\u{feff}# x\r\n[profile a]\r\n  # mine\r\ns3 =\r\n  a = 1\r\n  ; nested\r\nregion = x\r\n";
        assert_eq!(parse(config, "").unwrap().get("a").unwrap().settings["region"], "x");
    }

    #[test]
    fn parse_reads_what_only_the_aws_cli_accepts_and_says_so() {
        let ours = "\n[profile ours]\nregion = y\n";
        for foreign in [
            "[profile a]\n  region = x\n  output = json\n",
            "[profile a]\nregion: x\n",
            "[profile a] text\nregion = x\n",
        ] {
            let profiles = parse(&format!("{foreign}{ours}"), "").unwrap();
            assert_eq!(profiles.get("a").unwrap().settings["region"], "x", "{foreign}");
            assert_eq!(profiles.get("ours").unwrap().settings["region"], "y");
            let (file, why) = profiles.needs_plain_form().unwrap();
            assert!(file == "config" && why.contains("on line"), "{why}");
        }
        assert_eq!(parse(ours, "").unwrap().needs_plain_form(), None);
    }

    #[test]
    fn parse_error_names_file_and_line() {
        for (config, credentials, file) in [("[a\n", "", "config"), ("", "\n[a\n", "credentials")] {
            let error = parse(config, credentials).unwrap_err();
            assert!(error.message.contains(&format!("{file} file")), "{error}");
            assert!(error.causes().is_some_and(|cause| cause.contains("on line")), "{error}");
        }
    }
}
