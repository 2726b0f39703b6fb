//! The options of an output as typed values, with errors that name the option.

use serde_json::Value;
use std::collections::BTreeMap;

use crate::model::{Failure, Request};

/// The options of one output, as [`Options::settings`](crate::model::Options::settings) holds them.
#[derive(Debug)]
pub struct Settings<'a> {
    output: &'a str,
    values: &'a BTreeMap<String, Value>,
}

impl<'a> Settings<'a> {
    /// The options of the output target `output`, which has the `known` ones and no others.
    ///
    /// # Errors
    ///
    /// An unknown option.
    pub fn of(request: &'a Request, output: &'a str, known: &[&str]) -> Result<Self, Failure> {
        let values = &request.options.settings;
        let Some(stranger) = values.keys().find(|name| !known.contains(&name.as_str())) else {
            return Ok(Self { output, values });
        };
        let failure = Failure::new(format!("unknown option `{}` of output `{output}`", stranger.escape_debug()));
        Err(match known {
            [] => failure.hint("this output has no options"),
            known => failure.hint(format!("known options: {}", known.join(", "))),
        })
    }

    /// The text of an option, if it is set.
    ///
    /// # Errors
    ///
    /// Not a text, or an empty one.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Failure> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() && !text.contains(char::is_control) => Ok(Some(text)),
            Some(other) => Err(self.wrong(name, other, "a non-empty text of one line")),
        }
    }

    /// One of these choices; the first one if the option is not set.
    ///
    /// # Errors
    ///
    /// Not one of the choices.
    pub fn choice<T: Copy>(&self, name: &str, first: (&str, T), others: &[(&str, T)]) -> Result<T, Failure> {
        let Some(given) = self.values.get(name) else { return Ok(first.1) };
        let all = || std::iter::once(&first).chain(others);
        let chosen = all().find(|(text, _)| given.as_str() == Some(*text));
        chosen.map(|(_, value)| *value).ok_or_else(|| {
            let texts: Vec<String> = all().map(|(text, _)| format!("{text:?}")).collect();
            self.wrong(name, given, &texts.join(" or "))
        })
    }

    /// A boolean option; `default` if it is not set.
    ///
    /// # Errors
    ///
    /// Neither true nor false.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, Failure> {
        match self.values.get(name) {
            None => Ok(default),
            Some(Value::Bool(value)) => Ok(*value),
            Some(other) => Err(self.wrong(name, other, "true or false")),
        }
    }

    /// The path of a file below the project's root; `default` if the option is not set.
    ///
    /// # Errors
    ///
    /// Not a path, or a path outside the project.
    pub fn path(&self, name: &str, default: &'a str) -> Result<&'a str, Failure> {
        let path = self.text(name)?.unwrap_or(default);
        let inside = !path.contains('\\') && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if inside {
            return Ok(path);
        }
        Err(self.wrong(name, &path.into(), "the relative path of a file in the project"))
    }

    /// The failure for an invalid value. `allowed` describes valid ones.
    pub fn wrong(&self, name: &str, value: &Value, allowed: &str) -> Failure {
        let value: String = value.to_string().chars().take(64).flat_map(char::escape_default).collect();
        let value = value.replace("\\\"", "\"");
        Failure::new(format!(
            "invalid value {value} for option `{name}` of output `{}`: expected {allowed}",
            self.output
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Options, Project};
    use serde_json::json;

    fn request(settings: Value) -> Request {
        let options = Options { settings: serde_json::from_value(settings).unwrap(), ..Options::default() };
        Request::new(Project::new("ex", "us-east-1"), options, None)
    }

    #[test]
    fn missing_option_has_its_default() {
        let request = request(json!({}));
        let settings = Settings::of(&request, "x", &["path"]).unwrap();
        assert_eq!(settings.path("path", "a/b"), Ok("a/b"));
        assert_eq!(settings.flag("on", true), Ok(true));
        assert_eq!(settings.choice("form", ("a", 1), &[("b", 2)]), Ok(1));
        assert_eq!(settings.text("name"), Ok(None));
    }

    #[test]
    fn unknown_option_is_reported_with_known_ones() {
        let request = request(json!({ "pth": "x" }));
        let failure = Settings::of(&request, "json", &["path", "form"]).unwrap_err();
        assert_eq!(failure.message, "unknown option `pth` of output `json`");
        assert_eq!(failure.hint.as_deref(), Some("known options: path, form"));
    }

    #[test]
    fn invalid_value_is_reported_with_valid_ones() {
        let request = request(json!({ "path": "../x", "on": "yes", "form": "c", "name": 7 }));
        let settings = Settings::of(&request, "x", &["path", "on", "form", "name"]).unwrap();
        let said = |failure: Failure| failure.message;
        assert_eq!(
            said(settings.flag("on", true).unwrap_err()),
            "invalid value \"yes\" for option `on` of output `x`: expected true or false"
        );
        assert_eq!(
            said(settings.choice("form", ("a", 1), &[("b", 2)]).unwrap_err()),
            "invalid value \"c\" for option `form` of output `x`: expected \"a\" or \"b\""
        );
        assert!(said(settings.path("path", "a").unwrap_err()).contains("\"../x\""));
        assert!(said(settings.text("name").unwrap_err()).contains("invalid value 7"));
    }
}
