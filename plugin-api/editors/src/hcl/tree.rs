//! The attributes of an HCL text and their places.

use std::borrow::Cow;
use std::ops::Range;

use crate::text::EditError;

/// Why a text is no HCL, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What the parser says about it.
    pub message: String,
}

impl From<SyntaxError> for EditError {
    fn from(SyntaxError { line, column, message }: SyntaxError) -> Self {
        let message = format!("this is not valid HCL ({message})");
        let hint = "Correct the file (`terraform fmt` names the place, too), then run the command again.".to_owned();
        Self { line, column, message, hint }
    }
}

/// A variables file.
#[derive(Debug, PartialEq, Eq)]
pub struct Document<'a> {
    /// The variables, in order.
    pub attributes: Vec<Item<'a>>,
}

/// A key with its value: a variable, or a member of an object.
#[derive(Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// The key, if it is a name rather than an expression.
    pub key: Option<Cow<'a, str>>,
    /// Where the key stands.
    pub key_span: Range<usize>,
    /// Whether the key is in quotes.
    pub quoted: bool,
    /// The value.
    pub value: Node<'a>,
}

/// A value.
#[derive(Debug, PartialEq, Eq)]
pub struct Node<'a> {
    /// Where it stands, without white space and comments around it.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind<'a>,
}

/// What a value is.
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
    /// The values of an object's members that are called `key`.
    pub fn values_of<'n>(&'n self, key: &'n str) -> impl Iterator<Item = &'n Node<'a>> {
        let items: &[Item<'a>] = match &self.kind {
            Kind::Object(items) => items,
            _ => &[],
        };
        items.iter().filter(move |item| item.key.as_deref() == Some(key)).map(|item| &item.value)
    }
}
