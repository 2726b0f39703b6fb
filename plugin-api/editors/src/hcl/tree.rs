//! The attributes of an HCL text and their places.

use std::borrow::Cow;
use std::ops::Range;

use crate::text::EditError;

/// Why a text is not valid HCL, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The message of the parser.
    pub message: String,
}

impl From<SyntaxError> for EditError {
    fn from(SyntaxError { line, column, message }: SyntaxError) -> Self {
        let message = format!("invalid HCL: {message}");
        let hint = "fix the file (`terraform fmt` shows the place, too), then run the command again".to_owned();
        Self { line, column, message, hint }
    }
}

/// A variables file.
#[derive(Debug, PartialEq, Eq)]
pub struct Document<'a> {
    /// The variables, in order.
    pub attributes: Vec<Item<'a>>,
}

/// A key and its value: a variable, or a member of an object.
#[derive(Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// The key, unless it is an expression.
    pub key: Option<Cow<'a, str>>,
    /// The place of the key.
    pub key_span: Range<usize>,
    /// Whether the key is in quotes.
    pub quoted: bool,
    /// The value.
    pub value: Node<'a>,
}

/// A value.
#[derive(Debug, PartialEq, Eq)]
pub struct Node<'a> {
    /// Its place, without white space and comments around it.
    pub span: Range<usize>,
    /// Its kind.
    pub kind: Kind<'a>,
}

/// The kind of a value.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// `{ … }`
    Object(Vec<Item<'a>>),
    /// `[ … ]`
    List(Vec<Node<'a>>),
    /// A string without templates.
    Text(Cow<'a, str>),
    /// Anything else.
    Other,
}

impl<'a> Node<'a> {
    /// The values of the members with this key.
    pub fn values_of<'n>(&'n self, key: &'n str) -> impl Iterator<Item = &'n Node<'a>> {
        let items: &[Item<'a>] = match &self.kind {
            Kind::Object(items) => items,
            _ => &[],
        };
        items.iter().filter(move |item| item.key.as_deref() == Some(key)).map(|item| &item.value)
    }
}
