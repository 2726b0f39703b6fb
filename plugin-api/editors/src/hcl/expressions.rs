//! Reads any HCL text with `hcl-edit`, slowly for large objects: see `literals`.

use hcl_edit::Span;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::parser::parse_body;
use hcl_edit::structure::Body;
use std::borrow::Cow;
use std::ops::Range;

use super::tree::{Document, Item, Kind, Node, SyntaxError};

/// The attributes of `text`.
pub(super) fn read(text: &str) -> Result<Document<'_>, SyntaxError> {
    match parse_body(text) {
        Ok(body) => Ok(TreeBuilder { text }.document(&body)),
        Err(error) => Err(SyntaxError {
            line: error.location().line(),
            column: error.location().column(),
            message: error.message().to_owned(),
        }),
    }
}

/// Converts the nodes of `hcl-edit`.
struct TreeBuilder<'a> {
    text: &'a str,
}

impl TreeBuilder<'_> {
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

/// A place in the text. The parser sets it for every node.
fn place(span: Option<Range<usize>>) -> Range<usize> {
    span.unwrap_or_default()
}
