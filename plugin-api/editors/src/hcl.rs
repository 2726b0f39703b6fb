//! Takes an HCL text, gives the attributes in it with their places: for who reads the Terraform variables, and for who
//! edits them.
//!
//! `hcl-edit` can read any text, but is slow where one is large, so that what variables files mostly hold is read
//! without it.

mod literals;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::parser::parse_body;
use hcl_edit::structure::Body;

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

impl<'a> Document<'a> {
    /// Reads `text`.
    ///
    /// # Errors
    ///
    /// It is not valid HCL.
    pub fn parse(text: &'a str) -> Result<Self, SyntaxError> {
        literals::read(text).map_or_else(|| Self::parse_all(text), Ok)
    }

    /// Reads `text` with `hcl-edit` alone: slow where an object is large.
    fn parse_all(text: &'a str) -> Result<Self, SyntaxError> {
        match parse_body(text) {
            Ok(body) => Ok(Reader { text }.document(&body)),
            Err(error) => Err(SyntaxError {
                line: error.location().line(),
                column: error.location().column(),
                message: error.message().to_owned(),
            }),
        }
    }
}

/// Turns `hcl-edit`'s nodes into ours.
struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn document(&self, body: &Body) -> Document<'static> {
        let attributes = body.attributes().map(|attribute| Item {
            key: Some(Cow::Owned(attribute.key.as_str().to_owned())),
            key_span: place(attribute.key.span()),
            quoted: false,
            value: self.node(&attribute.value),
        });
        Document { attributes: attributes.collect() }
    }

    fn node(&self, expression: &Expression) -> Node<'static> {
        let (span, kind) = match expression {
            Expression::Array(array) => {
                (expression.span(), Kind::List(array.iter().map(|value| self.node(value)).collect()))
            }
            Expression::Object(object) => (expression.span(), Kind::Object(self.items(object).collect())),
            Expression::String(text) => (expression.span(), Kind::Text(Cow::Owned(text.as_str().to_owned()))),
            _ => (expression.span(), Kind::Other),
        };
        Node { span: place(span), kind }
    }

    fn items<'o>(&'o self, object: &'o Object) -> impl Iterator<Item = Item<'static>> + 'o {
        object.iter().map(|(key, value)| Item {
            key: self.key(key),
            key_span: place(key.span()),
            quoted: matches!(key, ObjectKey::Expression(Expression::String(_))),
            value: self.node(value.expr()),
        })
    }

    fn key(&self, key: &ObjectKey) -> Option<Cow<'static, str>> {
        let mut expression = match key {
            ObjectKey::Ident(name) => return Some(Cow::Owned(name.as_str().to_owned())),
            ObjectKey::Expression(expression) => expression,
        };
        while let Expression::Parenthesis(inner) = expression {
            expression = inner.inner();
        }
        match expression {
            Expression::String(name) => Some(Cow::Owned(name.as_str().to_owned())),
            Expression::Number(_) | Expression::Bool(_) | Expression::Null(_) => {
                Some(Cow::Owned(self.text.get(expression.span()?)?.to_owned()))
            }
            _ => None,
        }
    }
}

/// A place in the text. The parser gives every node one.
fn place(span: Option<Range<usize>>) -> Range<usize> {
    span.unwrap_or_default()
}

/// Whether `name` can stand as a key without quotes, as far as its characters go.
pub fn is_identifier(name: &str) -> bool {
    hcl_edit::Ident::try_new(name).is_ok()
}

/// The end of the `/* … */` comment that starts at `at`.
pub fn after_block_comment(text: &str, at: usize) -> usize {
    let inside = at + 2;
    text.get(inside..).and_then(|rest| rest.find("*/")).map_or(text.len(), |length| inside + length + 2)
}
