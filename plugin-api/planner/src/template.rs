//! Templates of profile names, such as `{short_name}-{account}-{suffix}`.

use leverage_plugin_api::naming::{is_profile_character, profile_name};

/// The default template.
pub const DEFAULT_TEMPLATE: &str = "{short_name}-{account}-{suffix}";

/// The values of a template's placeholders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct NameParts<'a> {
    /// `{short_name}`: the project's short name.
    pub short_name: &'a str,
    /// `{account}`: the account's name in the project.
    pub account: &'a str,
    /// `{account_id}`: the account's 12-digit id.
    pub account_id: &'a str,
    /// `{role}`: the role's name, without its path.
    pub role: &'a str,
    /// `{suffix}`: the suffix of the credential type.
    pub suffix: &'a str,
    /// `{type}`: the credential type in lower case.
    pub kind: &'a str,
    /// `{ou}`: the path of the account's organizational unit.
    pub ou: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    ShortName,
    Account,
    AccountId,
    Role,
    Suffix,
    Type,
    Ou,
}

impl Placeholder {
    const ALL: [(&'static str, Self); 7] = [
        ("short_name", Self::ShortName),
        ("account", Self::Account),
        ("account_id", Self::AccountId),
        ("role", Self::Role),
        ("suffix", Self::Suffix),
        ("type", Self::Type),
        ("ou", Self::Ou),
    ];
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Placeholder(Placeholder),
}

/// A parsed template. Every name made from it is a valid profile name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

impl Template {
    /// The names of the placeholders.
    fn placeholders() -> impl Iterator<Item = &'static str> {
        Placeholder::ALL.into_iter().map(|(name, _)| name)
    }

    /// Parses a template.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            push_text(&mut parts, before)?;
            let (name, behind) = behind.split_once('}').ok_or_else(|| format!("unclosed `{{` in {text:?}"))?;
            let known = Placeholder::ALL.into_iter().find(|(known, _)| *known == name);
            let (_, placeholder) = known.ok_or_else(|| {
                let names: Vec<String> = Self::placeholders().map(|name| format!("{{{name}}}")).collect();
                format!("unknown placeholder `{{{name}}}`; known ones: {}", names.join(", "))
            })?;
            parts.push(Part::Placeholder(placeholder));
            rest = behind;
        }
        push_text(&mut parts, rest)?;
        let template = Self(parts);
        if template.has(Placeholder::Account) || template.has(Placeholder::AccountId) {
            return Ok(template);
        }
        Err(format!("{text:?} gives all accounts the same name; add `{{account}}` or `{{account_id}}`"))
    }

    /// Whether the template has the placeholder `{ou}`.
    pub(crate) fn needs_ou(&self) -> bool {
        self.has(Placeholder::Ou)
    }

    fn has(&self, placeholder: Placeholder) -> bool {
        self.0.contains(&Part::Placeholder(placeholder))
    }

    /// The name made of these parts, with dashes in place of invalid characters.
    pub(crate) fn name(&self, parts: &NameParts<'_>) -> String {
        let mut name = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Placeholder(Placeholder::ShortName) => name.push_str(parts.short_name),
                Part::Placeholder(Placeholder::Account) => name.push_str(parts.account),
                Part::Placeholder(Placeholder::AccountId) => name.push_str(parts.account_id),
                Part::Placeholder(Placeholder::Role) => name.push_str(parts.role),
                Part::Placeholder(Placeholder::Suffix) => name.push_str(parts.suffix),
                Part::Placeholder(Placeholder::Type) => name.push_str(&parts.kind.to_lowercase()),
                // A `/` would look like a path in the profile name.
                Part::Placeholder(Placeholder::Ou) => name.push_str(&parts.ou.replace('/', "-")),
            }
        }
        profile_name(&name)
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) -> Result<(), String> {
    if let Some(wrong) = text.chars().find(|character| !is_profile_character(*character)) {
        return Err(format!(
            "invalid character {wrong:?} in a profile name: use letters, digits, `_ . / % @ : + -` and placeholders"
        ));
    }
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: NameParts<'_> = NameParts {
        short_name: "ex",
        account: "shared",
        account_id: "000000000013",
        role: "DevOps",
        suffix: "devops",
        kind: "SECURITY",
        ou: "Work loads/Prod",
    };

    fn name(template: &str) -> String {
        Template::parse(template).unwrap().name(&PARTS)
    }

    #[test]
    fn default_template_makes_the_usual_names() {
        assert_eq!(name(DEFAULT_TEMPLATE), "ex-shared-devops");
    }

    #[test]
    fn placeholders_are_replaced_by_their_parts() {
        assert_eq!(name("{account_id}/{role}@{type}"), "000000000013/DevOps@security");
        assert_eq!(name("{ou}:{account}"), "Work-loads-Prod:shared");
    }

    #[test]
    fn name_from_any_parts_is_a_valid_profile_name() {
        let parts = NameParts { account: "a", role: "evil]\n[default", ou: "ü \"x\" #", ..PARTS };
        let name = Template::parse("{account}-{role}-{ou}").unwrap().name(&parts);
        assert!(name.chars().all(is_profile_character), "{name}");
    }

    #[test]
    fn invalid_template_is_an_error_with_the_reason() {
        for (template, why) in [
            ("", "add `{account}`"),
            ("{short_name}", "add `{account}`"),
            ("{acount}", "unknown placeholder `{acount}`"),
            ("{account", "unclosed `{`"),
            ("{account} x", "invalid character ' '"),
            ("{account}]\n[default", "invalid character ']'"),
            ("{account}}", "invalid character '}'"),
        ] {
            let error = Template::parse(template).unwrap_err();
            assert!(error.contains(why), "{template}: {error}");
        }
    }
}
