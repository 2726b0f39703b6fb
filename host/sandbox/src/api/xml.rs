//! The few bits of XML that the Query protocol needs.

/// An element around content that is XML already.
pub(super) fn element(name: &str, content: &str) -> String {
    format!("<{name}>{content}</{name}>")
}

/// An element around a text.
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
            // XML 1.0 has no way to write these, and a client's text may hold them.
            '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            // Written as themselves, a reader would turn them into a space or a line feed.
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
    fn texts_are_escaped() {
        assert_eq!(text("a", "o'brien & <b>\"x\"</b>"), "<a>o&#39;brien &amp; &lt;b&gt;&quot;x&quot;&lt;/b&gt;</a>");
        assert_eq!(text("a", "größe\t1\n"), "<a>größe\t1\n</a>");
        assert_eq!(text("a", "\0\x1b\r"), "<a>\u{fffd}\u{fffd}&#13;</a>");
    }

    #[test]
    fn elements_nest() {
        assert_eq!(document("r", "urn:x", &element("e", &text("t", "1"))), "<r xmlns=\"urn:x\"><e><t>1</t></e></r>");
    }
}
