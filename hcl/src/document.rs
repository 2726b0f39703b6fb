//! Takes an HCL text, gives the attributes in it with their places.

use hcl_edit::Span;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::parser::parse_body;
use hcl_edit::structure::Body;
use std::ops::Range;

use super::literals;

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
pub struct Document {
    /// The variables, in order.
    pub attributes: Vec<Item>,
}

/// A key with its value: a variable, or a member of an object.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// The key, if it is a name rather than an expression.
    pub key: Option<String>,
    /// Where the key stands.
    pub key_span: Range<usize>,
    /// Whether the key is in quotes.
    pub quoted: bool,
    /// The value.
    pub value: Node,
}

/// A value.
#[derive(Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it stands, without white space and comments around it.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{ … }`
    Object(Vec<Item>),
    /// `[ … ]`
    List(Vec<Node>),
    /// A string without templates.
    Text(String),
    /// Anything else.
    Other,
}

impl Node {
    /// The values of an object's members that are called `key`.
    pub fn values_of<'n>(&'n self, key: &'n str) -> impl Iterator<Item = &'n Node> {
        let items: &[Item] = match &self.kind {
            Kind::Object(items) => items,
            _ => &[],
        };
        items.iter().filter(move |item| item.key.as_deref() == Some(key)).map(|item| &item.value)
    }
}

impl Document {
    /// Reads `text`.
    ///
    /// # Errors
    ///
    /// It is not valid HCL.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        literals::read(text).map_or_else(|| Self::parse_all(text), Ok)
    }

    /// Reads `text` with `hcl-edit` alone: slow where an object is large.
    fn parse_all(text: &str) -> Result<Self, SyntaxError> {
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
    fn document(&self, body: &Body) -> Document {
        let attributes = body.attributes().map(|attribute| Item {
            key: Some(attribute.key.as_str().to_owned()),
            key_span: place(attribute.key.span()),
            quoted: false,
            value: self.node(&attribute.value),
        });
        Document { attributes: attributes.collect() }
    }

    fn node(&self, expression: &Expression) -> Node {
        let (span, kind) = match expression {
            Expression::Array(array) => {
                (expression.span(), Kind::List(array.iter().map(|value| self.node(value)).collect()))
            }
            Expression::Object(object) => (expression.span(), Kind::Object(self.items(object).collect())),
            Expression::String(text) => (expression.span(), Kind::Text(text.as_str().to_owned())),
            _ => (expression.span(), Kind::Other),
        };
        Node { span: place(span), kind }
    }

    fn items<'o>(&'o self, object: &'o Object) -> impl Iterator<Item = Item> + 'o {
        object.iter().map(|(key, value)| Item {
            key: self.key(key),
            key_span: place(key.span()),
            quoted: matches!(key, ObjectKey::Expression(Expression::String(_))),
            value: self.node(value.expr()),
        })
    }

    fn key(&self, key: &ObjectKey) -> Option<String> {
        let mut expression = match key {
            ObjectKey::Ident(name) => return Some(name.as_str().to_owned()),
            ObjectKey::Expression(expression) => expression,
        };
        while let Expression::Parenthesis(inner) = expression {
            expression = inner.inner();
        }
        match expression {
            Expression::String(name) => Some(name.as_str().to_owned()),
            Expression::Number(_) | Expression::Bool(_) | Expression::Null(_) => {
                Some(self.text.get(expression.span()?)?.to_owned())
            }
            _ => None,
        }
    }
}

/// A place in the text. The parser gives every node one.
fn place(span: Option<Range<usize>>) -> Range<usize> {
    span.unwrap_or_default()
}

#[cfg(test)]
mod tests;
