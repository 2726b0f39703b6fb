//! Makes variables files as people and programs write them, in pieces: what has to stay, values that ids replace, and
//! gaps that they may go into.

use leverage_plugin_terraform_vars::edit::NewId;

use crate::invariants::choices::Choices;
use crate::invariants::pieces::Pieces;

/// The names in generated texts. Ids of the first ones are recorded.
pub(super) const NAMES: [&str; 8] = ["security", "data-science", "a b", "o'brien", "é", "x.y", "other", "legacy"];
/// Values that an account's `id` may have.
const OLD_IDS: [&str; 7] = ["\"\"", "\"111111111111\"", "12", "null", "\"XXXXXXXXXXXX\"", "var.id", "\"${a}}\""];

/// Further attributes.
const ATTRIBUTES: [(&str, &str); 8] = [
    ("email", "\"aws+x@example.com\""),
    ("email", "\"o'brien@x # } \""),
    ("tags", "[1, 2]"),
    ("note", "\"${a}}\""),
    ("nested", "{ id = \"1\", email = \"x\" }"),
    ("on", "true"),
    ("ü", "\"ü \\\"\""),
    ("f", "cidr(\"10.0.0.0/8\", 1)"),
];

/// How a file is written.
struct Format {
    indent: &'static str,
    operator: &'static str,
    comma: &'static str,
    quote: bool,
    inline: bool,
    comment: &'static str,
}

struct File<'c, 'b> {
    choices: &'c mut Choices<'b>,
    wanted: &'c [NewId<'static>],
    pieces: Pieces,
}

/// A file that the editor must accept.
pub(super) fn file(choices: &mut Choices<'_>, wanted: &[NewId<'static>]) -> Pieces {
    let newline = choices.one_of(&["\n", "\n", "\r\n"]);
    let mut file = File { choices, wanted, pieces: Pieces::default() };
    if file.choices.once_in(8) {
        file.pieces.fixed("\u{feff}");
    }
    let head = file.choices.one_of(&["", "# head\n\n", "/* { */ project = \"ex\"\n", "// c\nproject   = \"ex\" # x\n"]);
    file.pieces.fixed(head);
    if file.choices.below(3) == 1 {
        file.variables();
    }
    if file.choices.below(4) != 3 {
        file.accounts("accounts", 0, true);
        file.pieces.fixed("\n");
    }
    if file.choices.below(3) == 1 {
        file.organization();
    }
    let tail =
        ["", "\n", "region = \"us-east-1\"", "tail = <<E\n accounts = {\nE\n", "x = [for a in b : a]\n", "# end"];
    let tail = file.choices.one_of(&tail);
    file.pieces.fixed(tail);
    file.pieces.with_newlines(newline)
}

impl File<'_, '_> {
    fn id_of(&self, name: &str) -> Option<&'static str> {
        self.wanted.iter().find(|account| account.name == name).map(|account| account.id)
    }

    /// `<name>_account_id`, for accounts that may be wanted.
    fn variables(&mut self) {
        for (variable, name) in [("security_account_id", "security"), ("data_science_account_id", "data-science")] {
            let old = self.choices.one_of(&OLD_IDS);
            self.pieces.fixed(format!("{variable} = "));
            match self.id_of(name) {
                Some(id) => self.pieces.value(old, quoted(id)),
                None => self.pieces.fixed(old),
            };
            self.pieces.fixed(" # id\n");
        }
        self.pieces.fixed("unknown_account_id = \"\"\n");
    }

    fn organization(&mut self) {
        self.pieces.fixed("organization = {\n");
        self.accounts("accounts", 1, false);
        self.pieces.fixed("\n  organizational_units = {\n    one = {\n");
        self.accounts("accounts", 3, false);
        self.pieces.fixed("\n    }\n    two = {}\n  }\n}\n");
    }

    fn format(&mut self) -> Format {
        let choices = &mut *self.choices;
        Format {
            indent: choices.one_of(&["  ", "", " ", "    ", "\t"]),
            operator: choices.one_of(&[" = ", "=", "   = ", " : ", ": "]),
            comma: choices.one_of(&["", ","]),
            quote: choices.once_in(2),
            inline: choices.once_in(3),
            comment: choices.one_of(&["", "", " # c } \"", " // {", " /* ${ */", "  ", "\t# accounts = {"]),
        }
    }

    /// `accounts = …`, without the end of its last line.
    fn accounts(&mut self, key: &str, depth: usize, gets_missing: bool) {
        let format = self.format();
        let base = "  ".repeat(depth);
        let names = self.choices.some_of(&NAMES);
        let is_list = self.choices.once_in(5);
        self.pieces.fixed(format!("{base}{key} = {}", if is_list { "[" } else { "{" }));
        if names.is_empty() {
            let inside = self.choices.one_of(&["", " ", "\n", " # c\n", "\n\n"]);
            match inside {
                "" | " " => self.pieces.gap(inside),
                _ => self.pieces.fixed(inside).gap(""),
            };
            // The indentation of the brace may get in front of what is inserted.
            self.pieces.fixed(if inside.contains('\n') { base.as_str() } else { "" });
        } else {
            self.pieces.fixed("\n");
        }
        let last = names.len().wrapping_sub(1);
        for (at, name) in names.iter().enumerate() {
            self.account(name, &format, &base, is_list);
            let comma = if is_list && at < last { "," } else { format.comma };
            if at == last && gets_missing {
                self.pieces.gap("");
            }
            self.pieces.fixed(comma);
            if at == last && gets_missing {
                self.pieces.gap("");
            }
            self.pieces.fixed(if format.inline { format.comment } else { "" });
            if at == last && gets_missing {
                self.pieces.gap("");
            }
            self.pieces.fixed("\n");
        }
        if !names.is_empty() {
            self.pieces.fixed(base);
        }
        self.pieces.fixed(if is_list { "]" } else { "}" });
    }

    /// An account, without what separates it from the next.
    fn account(&mut self, name: &str, format: &Format, base: &str, is_list: bool) {
        let Format { indent, operator, comma, comment, .. } = format;
        let key = |name: &str| if format.quote { quoted(name) } else { key(name) };
        let id = self.id_of(name);
        let mut attributes = self.choices.some_of(&ATTRIBUTES);
        attributes.dedup_by_key(|(name, _)| *name);
        let mut lines: Vec<(String, String)> =
            attributes.iter().map(|(name, value)| (key(name), (*value).to_owned())).collect();
        if is_list {
            lines.insert(0, (key("name"), quoted(name)));
        }
        let old_id = (self.choices.below(3) > 0).then(|| self.choices.one_of(&OLD_IDS));
        // It has its id already.
        let old_id = match (old_id, id) {
            (Some("12"), Some(id)) => Some(quoted(id)),
            (old, _) => old.map(str::to_owned),
        };
        if let Some(old) = &old_id {
            lines.insert(self.choices.below(lines.len() + 1), (key("id"), old.clone()));
        }
        let is_id = |key: &str| key.trim_matches('"') == "id";
        let start = if is_list { "{".to_owned() } else { format!("{}{operator}{{", key(name)) };
        self.pieces.fixed(format!("{base}{indent}{start}"));
        let gets_id = id.is_some() && old_id.is_none();
        let empty = self.choices.one_of(&["", " "]);
        let (separator, lead, close) = if format.inline {
            (", ".to_owned(), self.choices.one_of(&["", " "]).to_owned(), self.choices.one_of(&["", " "]).to_owned())
        } else {
            (String::new(), format!("{base}{indent}{indent}"), format!("{base}{indent}"))
        };
        if lines.is_empty() {
            match (gets_id, format.inline) {
                (true, true) => self.pieces.gap(empty),
                (false, true) => self.pieces.fixed(empty),
                (true, false) => self.pieces.fixed(format!("{comment}\n")).gap("").fixed(close).gap(""),
                (false, false) => self.pieces.fixed(format!("{comment}\n{close}")),
            };
            self.pieces.fixed("}");
            return;
        }
        self.pieces.fixed(if format.inline { String::new() } else { format!("{comment}\n") });
        let last = lines.len() - 1;
        for (at, (name, value)) in lines.iter().enumerate() {
            let lead = if format.inline && at > 0 { separator.as_str() } else { lead.as_str() };
            self.pieces.fixed(format!("{lead}{name}{operator}"));
            match id.filter(|_| is_id(name)) {
                Some(id) => self.pieces.value(value.as_str(), quoted(id)),
                None => self.pieces.fixed(value.as_str()),
            };
            let at_end = at == last && gets_id;
            if at_end {
                self.pieces.gap("");
            }
            if !format.inline {
                self.pieces.fixed(*comma);
                if at_end {
                    self.pieces.gap("");
                }
                self.pieces.fixed(*comment);
                if at_end {
                    self.pieces.gap("");
                }
                self.pieces.fixed("\n");
            }
        }
        self.pieces.fixed(format!("{close}}}"));
    }
}

/// A key, in quotes if needed.
fn key(name: &str) -> String {
    if leverage_editors::hcl::is_identifier(name) { name.to_owned() } else { quoted(name) }
}

/// A string literal.
pub(super) fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{}\"", text.replace("${", "$${").replace("%{", "%%{"))
}

/// Any piece that has a meaning in HCL.
pub(super) fn soup(choices: &mut Choices<'_>) -> String {
    const WORDS: [&str; 56] = [
        "accounts",
        "organization",
        "organizational_units",
        "security",
        "\"security\"",
        "(security)",
        "id",
        "email",
        "name",
        " = ",
        "=",
        ": ",
        ", ",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\t",
        "{",
        "}",
        "{\n",
        "\n}\n",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "\"x\"",
        "null",
        "12",
        "é",
        "${",
        "%{",
        "$${",
        "# c\n",
        "// c",
        "/* c */",
        "/*",
        "<<E\n",
        "<<-E\n",
        "\nE\n",
        "for ",
        "?",
        "\\",
        "\u{feff}",
        "security_account_id",
        "accounts = {\n",
        "security = {\n",
        "id = \"\"\n",
        "email = \"x\"\n",
        "}\n",
        "accounts = [{ name = \"security\" }]\n",
        "\"a\\u0020b\"",
        "organization = { accounts = {",
        "= 1\n",
        "block {\n",
    ];
    choices.concat(&WORDS, 40)
}
