//! Makes files as people and programs write them, in pieces: what has to stay, values that ids replace, and gaps that
//! they may go into.

use leverage_plugin_project_yaml::edit::NewId;

use crate::invariants::choices::Choices;
use crate::invariants::pieces::Pieces;

/// The names in generated texts. Ids of the first ones are recorded.
pub(super) const NAMES: [&str; 6] = ["security", "data-science", "o'brien", "é", "other", "legacy"];
/// Values that an account's `id` may have; the first one is none.
const OLD_IDS: [&str; 7] = ["", "12", "000000000012", "\"XXXXXXXXXXXX\"", "~", "'111111111111'", "!!str 12"];

/// Attributes with a value in one line.
const ATTRIBUTES: [(&str, &str); 10] = [
    ("email", "aws+x@example.com"),
    ("'email'", "'it''s'"),
    ("note", "\"a: # b\""),
    ("none", "~"),
    ("flow", "[a, {b: c}]"),
    ("tagged", "!!str 12"),
    ("\"json\"", "{\"id\":1}"),
    ("anchored", "&x y"),
    ("ü", "ü"),
    ("time", "2001-01-01"),
];

/// Values of several lines; each line begins behind the attribute's indentation.
const BLOCKS: [&[&str]; 6] = [
    &["|", "  text", "", "   more"],
    &[">+", "  folded", ""],
    &["", "  k: v", "  l: [1,", "    2]"],
    &["", "  - 1", "  -"],
    &["plain", "  goes on"],
    &["\"quoted", "  goes on\""],
];

struct File<'c, 'b> {
    choices: &'c mut Choices<'b>,
    wanted: &'c [NewId<'static>],
    pieces: Pieces,
    comment: &'static str,
    anchors: usize,
}

/// A file that the editor must accept.
pub(super) fn file(choices: &mut Choices<'_>, wanted: &[NewId<'static>]) -> Pieces {
    let newline = choices.one_of(&["\n", "\n", "\r\n"]);
    let comment = choices.one_of(&["", "", " # c", "  # it's \"one\"", " ", "\t# tab"]);
    let mut file = File { choices, wanted, pieces: Pieces::default(), comment, anchors: 0 };
    let head =
        file.choices.one_of(&["", "# head\n\n", "short_name: ex\n", "---\n", "\u{feff}# x\n", "list: [1,\n  2]\n"]);
    file.pieces.fixed(head).fixed("organization:\n");
    let step = file.choices.one_of(&["  ", " ", "    "]);
    file.accounts(step, step);
    if file.choices.once_in(2) {
        file.pieces.fixed(format!("{step}organizational_units:\n{step}{step}one:\n"));
        file.accounts(&step.repeat(3), step);
        file.pieces.fixed(format!("{step}{step}two: {{}}\n"));
    }
    let tail = file.choices.one_of(&["", "# end", "tail: [1, 2] # end", "tail: |\n  security:\n", "...\n", "\n\n"]);
    file.pieces.fixed(tail);
    file.pieces.with_newlines(newline)
}

impl File<'_, '_> {
    fn id_of(&self, name: &str) -> Option<&'static str> {
        self.wanted.iter().find(|account| account.name == name).map(|account| account.id)
    }

    /// `accounts:`, with all its lines.
    fn accounts(&mut self, base: &str, step: &str) {
        let names = self.choices.some_of(&NAMES);
        if names.is_empty() {
            let none = self.choices.one_of(&[" []", " {}", "", " ~"]);
            self.pieces.fixed(format!("{base}accounts:{none}\n"));
            return;
        }
        let is_list = self.choices.once_in(2);
        let style = self.choices.below(4);
        if style == 1 {
            self.in_brackets(base, &names, is_list);
            return;
        }
        self.pieces.fixed(format!("{base}accounts:{}\n", self.comment));
        // A list may be as deep as its key.
        let deeper = if is_list && self.choices.once_in(2) { base.to_owned() } else { format!("{base}{step}") };
        for name in names {
            if is_list {
                self.listed(name, &deeper);
            } else {
                self.mapped(name, &deeper, step);
            }
        }
    }

    /// All accounts in one line.
    fn in_brackets(&mut self, base: &str, names: &[&str], is_list: bool) {
        let [open, close] = if is_list { ["[", "]"] } else { ["{", "}"] };
        let space = self.choices.one_of(&["", " "]);
        self.pieces.fixed(format!("{base}accounts: {open}{space}"));
        for (at, name) in names.iter().enumerate() {
            let mut members = self.choices.some_of(&ATTRIBUTES[..3]);
            members.dedup_by_key(|(key, _)| key.trim_matches('\''));
            let old = (self.choices.below(2) == 1).then(|| self.choices.one_of(&OLD_IDS[1..]));
            let id = self.id_of(name);
            let written = written(name);
            let separator = if at == 0 { "" } else { ", " };
            let start =
                if is_list { format!("{separator}{{name: {written}") } else { format!("{separator}{written}: {{") };
            self.pieces.fixed(start);
            let mut first = !is_list;
            for (key, value) in members {
                self.pieces.fixed(format!("{}{key}: {value}", if first { "" } else { ", " }));
                first = false;
            }
            match (old, id) {
                (Some(old), Some(id)) => {
                    self.pieces.fixed(if first { "id: " } else { ", id: " });
                    self.id(old, id);
                }
                (Some(old), None) => _ = self.pieces.fixed(format!("{}id: {old}", if first { "" } else { ", " })),
                (None, Some(_)) => _ = self.pieces.gap(""),
                (None, None) => {}
            }
            self.pieces.fixed("}");
        }
        self.pieces.fixed(format!("{space}{close}{}\n", self.comment));
    }

    /// A value that an id replaces; a tag that makes it a string stays.
    fn id(&mut self, old: &str, id: &str) -> &mut Pieces {
        let value = old.trim_start_matches("!!str ");
        self.pieces.fixed(&old[..old.len() - value.len()]).value(value, format!("\"{id}\""))
    }

    fn listed(&mut self, name: &str, base: &str) {
        let gap = self.choices.one_of(&[" ", " ", "   "]);
        let inner = format!("{base} {gap}");
        self.pieces.fixed(format!("{base}-{gap}"));
        let mut attributes = self.attributes(name);
        let at = self.choices.below(attributes.len() + 1);
        attributes.insert(at, Attribute::Line("name".to_owned(), written(name)));
        self.lines(attributes, &inner, name, false);
    }

    fn mapped(&mut self, name: &str, base: &str, step: &str) {
        let inner = format!("{base}{step}");
        let attributes = self.attributes(name);
        self.pieces.fixed(format!("{base}{}:", written(name)));
        if attributes.is_empty() {
            let none = self.choices.one_of(&["", " ~", " {}"]);
            let Some(_) = self.id_of(name) else {
                self.pieces.fixed(format!("{none}{}\n", self.comment));
                return;
            };
            match none {
                "" => self.pieces.gap("").fixed(self.comment).gap(""),
                " ~" => self.pieces.fixed(" ").gap("~").fixed(self.comment),
                _ => self.pieces.fixed(" {").gap("").fixed("}").fixed(self.comment),
            };
            self.pieces.fixed("\n");
            return;
        }
        self.pieces.fixed(format!("{}\n", self.comment));
        self.lines(attributes, &inner, name, true);
    }

    fn attributes(&mut self, name: &str) -> Vec<Attribute> {
        let mut attributes: Vec<_> = self.choices.some_of(&ATTRIBUTES);
        attributes.dedup_by_key(|(key, _)| key.trim_matches('\''));
        let mut attributes: Vec<_> = attributes
            .into_iter()
            .map(|(key, value)| {
                // PyYAML refuses a duplicate anchor.
                self.anchors += 1;
                Attribute::Line(key.to_owned(), value.replace("&x", &format!("&x{}", self.anchors)))
            })
            .collect();
        if self.choices.once_in(3) {
            let lines = self.choices.one_of(&BLOCKS);
            attributes.insert(self.choices.below(attributes.len() + 1), Attribute::Block(lines));
        }
        if self.choices.below(2) == 1 {
            let old = self.choices.one_of(&OLD_IDS);
            // It has its id already.
            let old = match self.id_of(name) {
                Some(id) if old == "12" => format!("'{id}'"),
                _ => old.to_owned(),
            };
            attributes.insert(self.choices.below(attributes.len() + 1), Attribute::Id(old));
        }
        attributes
    }

    /// The attributes, each on separate lines. The indentation of the first may exist already.
    fn lines(&mut self, attributes: Vec<Attribute>, inner: &str, name: &str, indent_first: bool) {
        let gets_id = !attributes.iter().any(|attribute| matches!(attribute, Attribute::Id(_)));
        let id = self.id_of(name);
        let last = attributes.len() - 1;
        let ends_in_block = matches!(attributes.last(), Some(Attribute::Block(_)));
        for (at, attribute) in attributes.into_iter().enumerate() {
            self.pieces.fixed(if at > 0 || indent_first { inner } else { "" });
            match attribute {
                Attribute::Line(key, value) => _ = self.pieces.fixed(format!("{key}: {value}{}", self.comment)),
                Attribute::Block(lines) => {
                    self.pieces.fixed("block: ".trim_end());
                    for (at, line) in lines.iter().enumerate() {
                        let lead = if at == 0 { if line.is_empty() { "" } else { " " } } else { inner };
                        if at + 1 == lines.len() && id.is_some() && gets_id {
                            // Blank lines may belong to what is before them, or not.
                            self.pieces.gap("");
                        }
                        self.pieces.fixed(if at == 0 { "" } else { "\n" });
                        self.pieces.fixed(if line.is_empty() { String::new() } else { format!("{lead}{line}") });
                    }
                }
                Attribute::Id(old) => {
                    match id {
                        Some(id) if old == format!("'{id}'") => self.pieces.fixed(format!("id: {old}")),
                        Some(id) if old.is_empty() => self.pieces.fixed("id:").value("", format!(" \"{id}\"")),
                        Some(id) => {
                            self.pieces.fixed("id: ");
                            self.id(&old, id)
                        }
                        None => self.pieces.fixed(format!("id: {old}")),
                    };
                    self.pieces.fixed(self.comment);
                }
            }
            if at == last && id.is_some() && gets_id {
                self.pieces.gap("");
            }
            self.pieces.fixed("\n");
        }
        let between = self.choices.one_of(&["        # deep\n", "", "\n", "# between\n"]);
        // To a block scalar, a blank or indented line would belong.
        let between = if ends_in_block { "# between\n" } else { between };
        self.pieces.fixed(between);
    }
}

enum Attribute {
    Line(String, String),
    Block(&'static [&'static str]),
    Id(String),
}

/// A name as a scalar.
fn written(name: &str) -> String {
    if name == "legacy" { format!("\"{name}\"") } else { name.to_owned() }
}

/// Any piece that has a meaning in YAML.
pub(super) fn soup(choices: &mut Choices<'_>) -> String {
    const WORDS: [&str; 56] = [
        "organization",
        "accounts",
        "organizational_units",
        "security",
        "name",
        "id",
        "email",
        ":",
        ": ",
        ":\n",
        "\n",
        "\r\n",
        "\r",
        " ",
        "  ",
        "\n  ",
        "\n    ",
        "- ",
        "-",
        "? ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "'",
        "\"",
        "|",
        "|+\n",
        ">-\n",
        "&a ",
        "*a",
        "!!str ",
        "!",
        "# c\n",
        " #",
        "12",
        "~",
        "é",
        "\t",
        "---\n",
        "...\n",
        "<<: ",
        "\u{feff}",
        "%",
        "@",
        "organization:\n  accounts:\n",
        "  - name: security\n",
        "    id: 1\n",
        "    email: x\n",
        "{name: security}",
        "organization: {accounts: [",
        "]}",
        "organization:\n  accounts:\n    security:\n",
        "      id: ",
        "&x {name: security}",
    ];
    choices.concat(&WORDS, 40)
}
