//! Writes the part of a manifest that is known at compile time as JSON, in a `const fn`, for a section of the library.

use super::definition::Definition;

/// Writes bytes as far as there is room, and counts all of them.
struct Pen<'a> {
    out: &'a mut [u8],
    at: usize,
}

impl Pen<'_> {
    const fn byte(&mut self, byte: u8) {
        if self.at < self.out.len() {
            self.out[self.at] = byte;
        }
        self.at += 1;
    }

    const fn raw(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    const fn bytes(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while at < bytes.len() {
            self.byte(bytes[at]);
            at += 1;
        }
    }

    /// A JSON string.
    const fn string(&mut self, text: &[u8]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        self.byte(b'"');
        let mut at = 0;
        while at < text.len() {
            match text[at] {
                byte @ (b'"' | b'\\') => {
                    self.byte(b'\\');
                    self.byte(byte);
                }
                byte @ 0..0x20 => {
                    self.raw("\\u00");
                    self.byte(DIGITS[(byte >> 4) as usize]);
                    self.byte(DIGITS[(byte & 15) as usize]);
                }
                byte => self.byte(byte),
            }
            at += 1;
        }
        self.byte(b'"');
    }
}

/// Writes the manifest of `definition` to `out` as far as there is room. Returns the full length.
pub(super) const fn write(definition: &Definition, out: &mut [u8]) -> usize {
    let mut pen = Pen { out, at: 0 };
    pen.raw("{\"id\":");
    pen.string(definition.id.as_bytes());
    pen.raw(",\"version\":");
    pen.string(definition.version.as_bytes());
    pen.raw(",\"api\":");
    pen.string(env!("CARGO_PKG_VERSION").as_bytes());
    pen.raw(",\"description\":");
    pen.string(definition.description.as_bytes().trim_ascii());
    pen.raw(",\"lookups\":[");
    let mut at = 0;
    while at < definition.lookups.len() {
        if at > 0 {
            pen.byte(b',');
        }
        pen.string(definition.lookups[at].as_bytes());
        at += 1;
    }
    pen.raw("]}");
    pen.at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Manifest;

    static DEFINITION: Definition = Definition {
        id: "x",
        version: "1.2.3",
        description: "  Says \"é\\\u{1b}\" \n",
        types: &[],
        outputs: &[],
        lookups: &["file/1", "profile/1"],
    };
    const LENGTH: usize = write(&DEFINITION, &mut []);
    static MANIFEST: [u8; LENGTH] = {
        let mut manifest = [0; LENGTH];
        write(&DEFINITION, &mut manifest);
        manifest
    };

    #[test]
    fn announced_manifest_matches_the_manifest_at_run_time() {
        let announced: Manifest = serde_json::from_slice(&MANIFEST).unwrap();
        assert_eq!(announced, DEFINITION.manifest());
    }
}
