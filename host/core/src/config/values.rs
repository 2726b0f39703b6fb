//! The values of a configuration, each checked where it stands, so that its error names the place.

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
                    $check(&text).map_err(|why| format!("{text:?} {why}")).map(|()| Self(text))
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
    /// A role's name, with its path if it has one: `Auditor`, `teams/Auditor`.
    RoleName: check_role,
    /// What profiles' names end with.
    Suffix: check_suffix,
    /// An external id.
    ExternalId: check_external_id,
    /// A region.
    RegionName: check_region_name,
    /// A pattern, in which `*` stands for any characters and `?` for one.
    Pattern: check_pattern,
    /// A setting of the AWS shared config file.
    SettingName: check_setting,
}

fn check_template(text: &str) -> Result<(), String> {
    Template::parse(text).map(|_| ()).map_err(|why| format!("is no template of profile names: {why}"))
}

fn check_type(text: &str) -> Result<(), &'static str> {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    if !text.is_empty() && text.bytes().all(plain) {
        return Ok(());
    }
    Err("is no credential type: their names are in upper case")
}

/// Checks a role's name: what IAM allows, and a path before it.
///
/// # Errors
///
/// What it should be.
pub fn check_role(text: &str) -> Result<(), &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    let mut parts = text.split('/');
    let right = |part: &str| !part.is_empty() && part.bytes().all(plain);
    if text.len() <= 512 && parts.clone().all(right) && parts.next_back().is_some_and(|name| name.len() <= 64) {
        return Ok(());
    }
    Err("is no role's name: it has letters, digits and `+ = , . @ _ -`, 64 at most, and perhaps a path before it, \
         as in `teams/Auditor`")
}

fn check_suffix(text: &str) -> Result<(), &'static str> {
    let right = !text.is_empty() && text.chars().all(is_profile_character);
    if right { Ok(()) } else { Err("can't end a profile's name: that has letters, digits and `_ . / % @ : + -`") }
}

fn check_external_id(text: &str) -> Result<(), &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&byte);
    let right = (2..=1224).contains(&text.len()) && text.bytes().all(plain);
    if right { Ok(()) } else { Err("is no external id: 2 to 1224 letters, digits and `_ + = , . @ : / -`") }
}

fn check_region_name(text: &str) -> Result<(), String> {
    check_region(text).map_err(|form| format!("is not {form}"))
}

fn check_pattern(text: &str) -> Result<(), &'static str> {
    if text.is_empty() { Err("is no pattern: it matches nothing") } else { Ok(()) }
}

/// The settings that have keys of their own, and which.
const OWN_KEYS: [(&str, &str); 6] = [
    ("duration_seconds", "it is `session_duration` of the type"),
    ("external_id", "it is `external_id` of the type, outside of `settings`"),
    ("mfa_serial", "`--fetch-mfa-device` sets it"),
    ("region", "it is in `regions` of the type, or the project's primary region"),
    ("role_arn", "it follows from `role` of the type"),
    ("source_profile", "it is always the profile of the type's access keys"),
];

fn check_setting(text: &str) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if text.is_empty() || !text.bytes().all(plain) {
        return Err("is no setting's name: it has lower-case letters, digits and `_`".to_owned());
    }
    if let Some((_, instead)) = OWN_KEYS.iter().find(|(name, _)| *name == text) {
        return Err(format!("is not set here: {instead}"));
    }
    if text.starts_with("aws_") {
        return Err("is not set here: a configuration holds no credentials".to_owned());
    }
    Ok(())
}

/// For how many seconds a role is assumed: 900 to 43200, as AWS allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("minimum" = 900, "maximum" = 43200)))]
#[serde(try_from = "i64")]
pub struct SessionDuration(pub u32);

impl TryFrom<i64> for SessionDuration {
    type Error = String;

    fn try_from(seconds: i64) -> Result<Self, String> {
        match u32::try_from(seconds) {
            Ok(right @ 900..=43_200) => Ok(Self(right)),
            _ => Err(format!("AWS allows sessions of 900 to 43200 seconds, not of {seconds}")),
        }
    }
}

/// The value of a setting: a text, a number, or true or false.
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
        formatter.write_str("a text, a whole number, or true or false")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SettingValue, E> {
        if text.is_empty() || text.trim() != text || text.chars().any(char::is_control) {
            return Err(E::custom(format!(
                "{text:?} can't be a setting's value: that is one line without blanks around it"
            )));
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
