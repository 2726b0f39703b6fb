//! Checks manifests before they are shown, recorded or trusted.

use leverage_plugin_api::model::{Manifest, OutputInfo};

use leverage_error::visible::{is_safe, safe};

/// The longest name and the longest sentence, in bytes.
const LONGEST_NAME: usize = 64;
const LONGEST_SENTENCE: usize = 400;
/// The most types, outputs or lookups of a plugin.
const MOST: usize = 256;

/// Checks the form of every value in a manifest.
///
/// # Errors
///
/// What is invalid, as a fragment for [`Error::cause`](leverage_error::Error::cause).
pub(crate) fn check(manifest: &Manifest) -> Result<(), String> {
    let type_names: Vec<&str> = manifest.types.iter().map(|info| info.name.as_str()).collect();
    let output_names: Vec<&str> = manifest.outputs.iter().map(|info| info.name.as_str()).collect();
    if [type_names.len(), output_names.len(), manifest.lookups.len()].iter().any(|count| *count > MOST) {
        return Err(format!("more than {MOST} types, outputs or lookups"));
    }
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    let version = |c: char| c.is_ascii_alphanumeric() || ".+-".contains(c);
    check_name("id", &manifest.id, lower, "lower-case letters, digits and dashes")?;
    check_name("version", &manifest.version, version, "letters, digits, dots, dashes and plus signs")?;
    check_name("api version", &manifest.api, version, "letters, digits, dots, dashes and plus signs")?;
    check_sentence("the description", &manifest.description)?;
    for info in &manifest.types {
        check_name("credential type", &info.name, upper, "upper-case letters, digits and dashes")?;
        check_sentence("a summary", &info.summary)?;
    }
    for info in &manifest.outputs {
        check_name("output", &info.name, lower, "lower-case letters, digits and dashes")?;
        check_sentence("a summary", &info.summary)?;
        check_output(info)?;
    }
    for lookup in &manifest.lookups {
        let (kind, number) = lookup.split_once('/').unwrap_or_default();
        check_name("lookup", kind, lower, "a name, a slash and a version")?;
        check_name("lookup", number, |c| c.is_ascii_digit(), "a name, a slash and a version")?;
    }
    for (what, names) in [("credential type", type_names), ("output", output_names)] {
        let twice = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name));
        if let Some((_, name)) = twice {
            return Err(format!("duplicate {what} `{name}`"));
        }
    }
    Ok(())
}

/// Checks what an output declares about its environment.
fn check_output(info: &OutputInfo) -> Result<(), String> {
    let variable = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if info.file_variables.len() > MOST {
        return Err(format!("names more than {MOST} file variables"));
    }
    for file_variable in &info.file_variables {
        check_name("file variable", file_variable, variable, "letters, digits and underscores")?;
    }
    if let Some(hidden) = &info.hidden_lines {
        check_name("variable of hidden lines", &hidden.variable, variable, "letters, digits and underscores")?;
        let graphic = |c: char| c.is_ascii_graphic();
        check_name("value of hidden lines", &hidden.value, graphic, "printable characters without spaces")?;
        check_name("prefix of hidden lines", &hidden.prefix, graphic, "printable characters without spaces")?;
    }
    Ok(())
}

fn check_name(what: &str, name: &str, allowed: impl Fn(char) -> bool, form: &str) -> Result<(), String> {
    if !name.is_empty() && name.len() <= LONGEST_NAME && !name.starts_with('-') && name.chars().all(allowed) {
        return Ok(());
    }
    let shown: String = name.chars().take(LONGEST_NAME).collect();
    Err(format!("invalid {what} `{}`: expected {form}, at most {LONGEST_NAME}", safe(&shown)))
}

fn check_sentence(what: &str, text: &str) -> Result<(), String> {
    if !is_safe(text) {
        return Err(format!("control characters in {what}"));
    }
    if text.len() > LONGEST_SENTENCE {
        return Err(format!("more than {LONGEST_SENTENCE} bytes in {what}"));
    }
    Ok(())
}

/// Describes the first difference between the expected manifest of a plugin and that of the running plugin, if there is
/// one. Types and outputs are not compared.
pub(crate) fn find_difference(expected: &Manifest, running: &Manifest) -> Option<String> {
    let pairs = [
        ("id", &expected.id, &running.id),
        ("version", &expected.version, &running.version),
        ("api version", &expected.api, &running.api),
        ("description", &expected.description, &running.description),
    ];
    for (what, expected, running) in pairs {
        if expected != running {
            return Some(format!("expected the {what} `{expected}`, found `{running}`"));
        }
    }
    let (expected, running) = (&expected.lookups, &running.lookups);
    if let Some(added) = running.iter().find(|name| !expected.contains(name)) {
        return Some(format!("unexpected lookup `{added}`"));
    }
    let missing = expected.iter().find(|name| !running.contains(name))?;
    Some(format!("missing lookup `{missing}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use leverage_plugin_api::model::{HiddenLines, TypeInfo};

    fn manifest() -> Manifest {
        let mut manifest = Manifest::new("audit", "1.0.0-rc.1+b", "1.0.0");
        manifest.types = vec![TypeInfo::new("AUDIT", "Für Prüfer")];
        let hidden = HiddenLines::new("GITHUB_ACTIONS", "true", "::add-mask::");
        manifest.outputs = vec![OutputInfo::new("dot-env", "").file_variable("GITHUB_ENV").hidden_lines(hidden)];
        manifest.lookups = vec!["file/1".to_owned()];
        manifest
    }

    #[test]
    fn check_rejects_malformed_values() {
        assert_eq!(check(&manifest()), Ok(()));
        let wrong: [fn(&mut Manifest); 16] = [
            |manifest| manifest.id = "Audit".to_owned(),
            |manifest| manifest.id = String::new(),
            |manifest| manifest.id = "../x".to_owned(),
            |manifest| manifest.id = "a".repeat(65),
            |manifest| manifest.version = "1\u{1b}[2J".to_owned(),
            |manifest| manifest.api = "1 0".to_owned(),
            |manifest| manifest.description = "a\nb".to_owned(),
            |manifest| manifest.types[0].name = "audit".to_owned(),
            |manifest| manifest.types[0].summary = "\u{202e}".to_owned(),
            |manifest| manifest.types.push(TypeInfo::new("AUDIT", "")),
            |manifest| manifest.outputs[0].name = "a/b".to_owned(),
            |manifest| manifest.lookups[0] = "file".to_owned(),
            |manifest| manifest.outputs[0].file_variables.push("A B".to_owned()),
            |manifest| manifest.outputs[0].hidden_lines = Some(HiddenLines::new("", "true", "x")),
            |manifest| manifest.outputs[0].hidden_lines = Some(HiddenLines::new("CI", "", "x")),
            |manifest| manifest.outputs[0].hidden_lines = Some(HiddenLines::new("CI", "true", "")),
        ];
        for change in wrong {
            let mut manifest = manifest();
            change(&mut manifest);
            let error = check(&manifest).unwrap_err();
            assert!(is_safe(&error), "{error}");
        }
    }

    #[test]
    fn find_difference_compares_values_and_lookups() {
        let announced = manifest();
        assert_eq!(find_difference(&announced, &announced), None);
        let mut said = manifest();
        said.lookups.push("command/1".to_owned());
        assert!(find_difference(&announced, &said).unwrap().contains("command/1"));
        assert!(find_difference(&said, &announced).unwrap().contains("command/1"));
        said.id = "security".to_owned();
        assert!(find_difference(&announced, &said).unwrap().contains("`security`"));
    }
}
