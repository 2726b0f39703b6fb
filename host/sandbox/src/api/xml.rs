//! Renders XML for the Query protocol.

/// An element with content in XML.
pub(super) fn element(name: &str, content: &str) -> String {
    format!("<{name}>{content}</{name}>")
}

/// An element with a text.
pub(super) fn text(name: &str, text: &str) -> String {
    element(name, &escape(text))
}

/// The outermost element of a document.
pub(super) fn document(name: &str, namespace: &str, content: &str) -> String {
    format!("<{name} xmlns=\"{namespace}\">{content}</{name}>")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML 1.0 cannot represent these characters, and a client can send them.
            '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            // A reader would normalize this character.
            '\r' => escaped.push_str("&#13;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_escapes_special_characters() {
        assert_eq!(text("a", "o'brien & <b>\"x\"</b>"), "<a>o&#39;brien &amp; &lt;b&gt;&quot;x&quot;&lt;/b&gt;</a>");
        assert_eq!(text("a", "größe\t1\n"), "<a>größe\t1\n</a>");
        assert_eq!(text("a", "\0\x1b\r"), "<a>\u{fffd}\u{fffd}&#13;</a>");
    }

    #[test]
    fn document_contains_nested_elements() {
        assert_eq!(document("r", "urn:x", &element("e", &text("t", "1"))), "<r xmlns=\"urn:x\"><e><t>1</t></e></r>");
    }
}
