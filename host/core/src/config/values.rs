//! The values of a configuration. Each checks itself when it is parsed, so that its error has the position.

use leverage_planner::template::Template;
use leverage_plugin_api::naming::is_profile_character;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

use crate::project::check_region;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $check:path),+ $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
            #[cfg_attr(test, derive(schemars::JsonSchema))]
            #[serde(try_from = "String")]
            pub struct $name(pub String);

            impl TryFrom<String> for $name {
                type Error = String;

                fn try_from(text: String) -> Result<Self, String> {
                    $check(&text).map_err(|why| format!("{why}: {text:?}")).map(|()| Self(text))
                }
            }
        )+
    };
}

texts! {
    /// A template of profile names.
    NameTemplate: check_template,
    /// A credential type, in upper case.
    TypeName: check_type,
    /// A role name, with its path, if any: `Auditor`, `teams/Auditor`.
    RoleName: check_role,
    /// A suffix of profile names.
    Suffix: check_suffix,
    /// An external id.
    ExternalId: check_external_id,
    /// A region.
    RegionName: check_region_name,
    /// A pattern: `*` matches any characters, `?` matches one.
    Pattern: check_pattern,
    /// A setting of the AWS shared config file.
    SettingName: check_setting,
}

fn check_template(text: &str) -> Result<(), String> {
    Template::parse(text).map(|_| ()).map_err(|why| format!("invalid template of profile names: {why}"))
}

fn check_type(text: &str) -> Result<(), &'static str> {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    let valid = !text.is_empty() && text.bytes().all(allowed);
    if valid { Ok(()) } else { Err("invalid credential type: must be in upper case") }
}

/// Checks a role name as IAM does, with an optional path.
///
/// # Errors
///
/// The form that is required.
pub fn check_role(text: &str) -> Result<(), &'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    let mut parts = text.split('/');
    let part_is_valid = |part: &str| !part.is_empty() && part.bytes().all(allowed);
    let name_fits = |name: &str| name.len() <= 64;
    let valid = text.len() <= 512 && parts.clone().all(part_is_valid) && parts.next_back().is_some_and(name_fits);
    if valid { Ok(()) } else { Err("invalid role name: up to 64 of `A-Za-z0-9+=,.@_-`, with an optional path") }
}

fn check_suffix(text: &str) -> Result<(), &'static str> {
    let valid = !text.is_empty() && text.chars().all(is_profile_character);
    if valid { Ok(()) } else { Err("invalid suffix of profile names: must be of `A-Za-z0-9_./%@:+-`") }
}

fn check_external_id(text: &str) -> Result<(), &'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&byte);
    let valid = (2..=1224).contains(&text.len()) && text.bytes().all(allowed);
    if valid { Ok(()) } else { Err("invalid external id: 2 to 1224 of `A-Za-z0-9_+=,.@:/-`") }
}

fn check_region_name(text: &str) -> Result<(), String> {
    check_region(text).map_err(|form| format!("invalid region: {form}"))
}

fn check_pattern(text: &str) -> Result<(), &'static str> {
    if text.is_empty() { Err("invalid pattern: empty patterns match nothing") } else { Ok(()) }
}

/// The settings that must not be set here, with what sets them.
const RESERVED_SETTINGS: [(&str, &str); 6] = [
    ("duration_seconds", "use `session_duration` of the type"),
    ("external_id", "use `external_id` of the type, outside of `settings`"),
    ("mfa_serial", "use `--fetch-mfa-device`"),
    ("region", "use `regions` of the type, or the primary region of the project"),
    ("role_arn", "use `role` of the type"),
    ("source_profile", "it is always the profile of the type's access keys"),
];

fn check_setting(text: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if text.is_empty() || !text.bytes().all(allowed) {
        return Err("invalid setting name: must be of `a-z0-9_`".to_owned());
    }
    if let Some((_, alternative)) = RESERVED_SETTINGS.iter().find(|(name, _)| *name == text) {
        return Err(format!("reserved setting ({alternative})"));
    }
    if text.starts_with("aws_") {
        return Err("reserved setting (a configuration must not contain credentials)".to_owned());
    }
    Ok(())
}

/// The duration of a role session in seconds. AWS allows 900 to 43200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("minimum" = 900, "maximum" = 43200)))]
#[serde(try_from = "i64")]
pub struct SessionDuration(pub u32);

impl TryFrom<i64> for SessionDuration {
    type Error = String;

    fn try_from(seconds: i64) -> Result<Self, String> {
        match u32::try_from(seconds) {
            Ok(valid @ 900..=43_200) => Ok(Self(valid)),
            _ => Err(format!("invalid session duration {seconds}: must be 900 to 43200 seconds")),
        }
    }
}

/// The value of a setting: a string, an integer or a boolean.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transparent))]
pub struct SettingValue(#[cfg_attr(test, schemars(extend("type" = ["string", "integer", "boolean"])))] pub String);

impl<'de> Deserialize<'de> for SettingValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SettingVisitor)
    }
}

struct SettingVisitor;

impl Visitor<'_> for SettingVisitor {
    type Value = SettingValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string, an integer or a boolean")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SettingValue, E> {
        if text.is_empty() || text.trim() != text || text.chars().any(char::is_control) {
            return Err(E::custom(format!("invalid value {text:?}: must be one line without surrounding spaces")));
        }
        Ok(SettingValue(text.to_owned()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<SettingValue, E> {
        Ok(SettingValue(number.to_string()))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<SettingValue, E> {
        Ok(SettingValue(truth.to_string()))
    }
}
