//! The nodes of the first document of a YAML text, with their places.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::trivia::{properties, quoted_end};
use crate::text::EditError;

/// The hint for a duplicate.
pub const REPEATED_HINT: &str = "remove one of the two";

/// The first document of a text. Nodes are identified by their index, in the order of the text, parents before children.
#[derive(Debug)]
pub struct Document<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The outermost node.
    pub root: Option<usize>,
    /// All nodes.
    pub nodes: Vec<Node>,
}

/// A node.
#[derive(Debug)]
pub struct Node {
    /// Its place, with tag and anchor. The place of a block scalar starts with its content. The place of an absent value
    /// has no meaning.
    pub span: Range<usize>,
    /// Its kind.
    pub kind: NodeKind,
    /// Whether it has a tag or an anchor.
    pub properties: bool,
}

/// The kind of a node.
#[derive(Debug)]
pub enum NodeKind {
    /// A single value.
    Scalar {
        /// Without quotes and escapes.
        value: String,
        /// Its style.
        style: ScalarStyle,
    },
    /// A list.
    Sequence {
        /// Its items.
        items: Vec<usize>,
        /// Whether it has brackets.
        flow: bool,
    },
    /// A map.
    Mapping {
        /// The nodes of its keys and values.
        entries: Vec<(usize, usize)>,
        /// Its style.
        style: MappingStyle,
    },
    /// An alias of this node, if it is in the same document.
    Alias(Option<usize>),
}

/// The style of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingStyle {
    /// In lines. The first key is at this place.
    Block(usize),
    /// In braces. The opening brace is at this place.
    Flow(usize),
    /// One entry of a list in brackets.
    Pair,
}

/// The node for an unknown index, which the builder never returns.
static NOWHERE: Node = Node { span: 0..0, kind: NodeKind::Alias(None), properties: false };

impl Node {
    /// Whether it is an absent value, as in `key:`.
    pub fn is_absent(&self) -> bool {
        matches!(&self.kind, NodeKind::Scalar { value, style: ScalarStyle::Plain } if value.is_empty() && !self.properties)
    }

    /// Whether it is null, without a tag or an anchor.
    pub fn is_null(&self) -> bool {
        let null = |value: &str| matches!(value, "" | "~" | "null" | "Null" | "NULL");
        matches!(&self.kind, NodeKind::Scalar { value, style: ScalarStyle::Plain } if null(value) && !self.properties)
    }
}

impl<'a> Document<'a> {
    /// Reads `text`.
    ///
    /// # Errors
    ///
    /// The text is not YAML, or is a kind of YAML that cannot be edited; the error has the position.
    pub fn parse(text: &'a str) -> Result<Self, EditError> {
        let mut builder = Builder::new(text);
        for event in Parser::new_from_str(text) {
            match event {
                Ok((event, span)) => builder.add(event, span)?,
                Err(error) => {
                    let at = builder.offsets.byte(error.marker().index());
                    let message = format!("invalid YAML: {}", error.info());
                    return Err(EditError::at(text, at, message, "fix the file, then run the command again"));
                }
            }
        }
        Ok(Self { text, root: (!builder.nodes.is_empty()).then_some(0), nodes: builder.nodes })
    }

    /// The node of this index.
    pub fn node(&self, index: usize) -> &Node {
        self.nodes.get(index).unwrap_or(&NOWHERE)
    }

    /// The keys and values of a map. Empty for other nodes.
    pub fn entries(&self, node: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let entries: &[_] = match &self.node(node).kind {
            NodeKind::Mapping { entries, .. } => entries,
            _ => &[],
        };
        entries.iter().copied()
    }

    /// The values of a map, or the items of a list.
    pub fn values(&self, node: usize) -> Vec<usize> {
        match &self.node(node).kind {
            NodeKind::Sequence { items, .. } => items.clone(),
            _ => self.entries(node).map(|(_, value)| value).collect(),
        }
    }

    /// The value that a map has for this key.
    pub fn value_of(&self, node: usize, key: &str) -> Option<usize> {
        self.entries(node).find(|&(name, _)| self.text_of(name) == Some(key)).map(|(_, value)| value)
    }

    /// The text of a scalar, or of the scalar behind an alias.
    pub fn text_of(&self, node: usize) -> Option<&str> {
        self.scalar(node).map(|(value, _)| value)
    }

    /// The text and the style of a scalar, or of the scalar behind an alias.
    pub fn scalar(&self, node: usize) -> Option<(&str, ScalarStyle)> {
        let kind = match self.node(node).kind {
            NodeKind::Alias(target) => &self.node(target?).kind,
            ref kind => kind,
        };
        match kind {
            NodeKind::Scalar { value, style } => Some((value, *style)),
            _ => None,
        }
    }
}

/// A collection that is not closed yet.
struct Open {
    node: usize,
    /// Whether it has its own brackets or braces.
    bracket: bool,
    /// Whether it is in brackets or braces, its own or outer ones.
    flow: bool,
    /// A map's key that has no value yet.
    key: Option<usize>,
    /// A map's keys, to find duplicates.
    seen: HashSet<(String, bool)>,
}

/// Builds nodes from the parser's events.
struct Builder<'a> {
    text: &'a str,
    offsets: Offsets,
    nodes: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, usize>,
    /// How many documents have ended.
    documents: usize,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        let (nodes, open) = (Vec::new(), Vec::new());
        Self { text, offsets: Offsets::new(text), nodes, open, anchors: HashMap::new(), documents: 0 }
    }

    fn add(&mut self, event: Event<'_>, span: Span) -> Result<(), EditError> {
        if event == Event::DocumentEnd {
            self.documents += 1;
        }
        if self.documents > 0 {
            return Ok(());
        }
        let span = self.offsets.byte(span.start.index())..self.offsets.byte(span.end.index());
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let span = self.scalar_span(span, style);
                let kind = NodeKind::Scalar { value: value.into_owned(), style };
                self.push(span, kind, anchor, anchor != 0 || tag.is_some())?;
            }
            Event::Alias(anchor) => {
                let target = self.anchors.get(&anchor).copied();
                let name = self.text.get(span.clone()).and_then(|text| text.split_whitespace().next());
                let span = span.start..span.start + name.map_or(0, str::len);
                self.push(span, NodeKind::Alias(target), 0, false)?;
            }
            Event::SequenceStart(anchor, tag) => {
                self.start(span, NodeKind::Sequence { items: Vec::new(), flow: false }, anchor, tag.is_some())?;
            }
            Event::MappingStart(anchor, tag) => {
                let kind = NodeKind::Mapping { entries: Vec::new(), style: MappingStyle::Block(span.end) };
                self.start(span, kind, anchor, tag.is_some())?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop()
                    && let Some(node) = self.nodes.get_mut(open.node)
                {
                    // The closing bracket or brace starts here.
                    node.span.end = if open.bracket { (span.start + 1).min(self.text.len()) } else { span.start };
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The place of a scalar. The parser includes the text after a quoted one.
    fn scalar_span(&self, span: Range<usize>, style: ScalarStyle) -> Range<usize> {
        match style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                span.start..quoted_end(self.text, properties(self.text, span.start).1)
            }
            _ => span,
        }
    }

    /// Starts a list or a map. Everything inside brackets or braces is in flow style too.
    fn start(&mut self, span: Range<usize>, mut kind: NodeKind, anchor: usize, tag: bool) -> Result<(), EditError> {
        let (_, content) = properties(self.text, span.start);
        let bracket = content < span.end && matches!(self.text.as_bytes().get(content), Some(b'{' | b'['));
        let in_flow = self.open.last().is_some_and(|open| open.flow);
        match &mut kind {
            NodeKind::Sequence { flow, .. } => *flow = bracket,
            NodeKind::Mapping { style, .. } if bracket => *style = MappingStyle::Flow(content),
            NodeKind::Mapping { style, .. } if in_flow => *style = MappingStyle::Pair,
            _ => {}
        }
        let node = self.push(span, kind, anchor, anchor != 0 || tag)?;
        self.open.push(Open { node, bracket, flow: bracket || in_flow, key: None, seen: HashSet::new() });
        Ok(())
    }

    fn push(
        &mut self,
        span: Range<usize>,
        kind: NodeKind,
        anchor: usize,
        properties: bool,
    ) -> Result<usize, EditError> {
        let index = self.nodes.len();
        if anchor != 0 {
            self.anchors.insert(anchor, index);
        }
        self.attach(index, &kind, &span)?;
        self.nodes.push(Node { span, kind, properties });
        Ok(index)
    }

    /// Makes a node a child of the innermost open collection.
    fn attach(&mut self, index: usize, kind: &NodeKind, span: &Range<usize>) -> Result<(), EditError> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        match self.nodes.get_mut(open.node).map(|node| &mut node.kind) {
            Some(NodeKind::Sequence { items, .. }) => items.push(index),
            Some(NodeKind::Mapping { entries, .. }) => match open.key.take() {
                Some(key) => entries.push((key, index)),
                None => {
                    open.key = Some(index);
                    // A plain scalar can be a number where a quoted one is a string. Merge keys may repeat.
                    if let NodeKind::Scalar { value, style } = kind
                        && value != "<<"
                        && !open.seen.insert((value.clone(), *style == ScalarStyle::Plain))
                    {
                        let message = format!("duplicate key `{value}`");
                        return Err(EditError::at(self.text, span.start, message, REPEATED_HINT));
                    }
                }
            },
            _ => {}
        }
        Ok(())
    }
}

/// Converts the parser's character offsets to byte offsets.
struct Offsets {
    /// The start of each character, unless all have one byte.
    starts: Vec<usize>,
    end: usize,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let starts = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
        Self { starts, end: text.len() }
    }

    fn byte(&self, character: usize) -> usize {
        if self.starts.is_empty() {
            character.min(self.end)
        } else {
            self.starts.get(character).copied().unwrap_or(self.end)
        }
    }
}
