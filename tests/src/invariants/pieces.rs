//! A text in pieces that record which bytes an editor may change, and a check of the edited text against them.

/// A part of a text.
#[derive(Debug, Clone)]
enum Piece {
    /// It stays as it is.
    Fixed(String),
    /// It becomes this.
    Value { old: String, new: String },
    /// It stays, or is replaced with an insertion.
    Gap(&'static str),
}

/// A text in pieces.
#[derive(Debug, Clone, Default)]
pub struct Pieces(Vec<Piece>);

impl Pieces {
    /// Adds text that must stay.
    pub fn fixed(&mut self, text: impl Into<String>) -> &mut Self {
        let text = text.into();
        match self.0.last_mut() {
            Some(Piece::Fixed(last)) => last.push_str(&text),
            _ if text.is_empty() => {}
            _ => self.0.push(Piece::Fixed(text)),
        }
        self
    }

    /// Adds text that must be replaced.
    pub fn value(&mut self, old: impl Into<String>, new: impl Into<String>) -> &mut Self {
        self.0.push(Piece::Value { old: old.into(), new: new.into() });
        self
    }

    /// Adds a gap: an insertion may replace `old` here.
    pub fn gap(&mut self, old: &'static str) -> &mut Self {
        // Adjacent gaps are one gap.
        if !(old.is_empty() && matches!(self.0.last(), Some(Piece::Gap("")))) {
            self.0.push(Piece::Gap(old));
        }
        self
    }

    /// The text before the edit.
    pub fn text(&self) -> String {
        let texts = self.0.iter().map(|piece| match piece {
            Piece::Fixed(text) | Piece::Value { old: text, .. } => text.as_str(),
            Piece::Gap(text) => text,
        });
        texts.collect()
    }

    /// The same with other line ends.
    pub fn with_newlines(mut self, newline: &str) -> Self {
        if newline != "\n" {
            for piece in &mut self.0 {
                if let Piece::Fixed(text) | Piece::Value { old: text, .. } = piece {
                    *text = text.replace('\n', newline);
                }
            }
        }
        self
    }

    /// Whether the text may become `after`. `may_insert` decides about insertions.
    pub fn may_become(&self, after: &str, may_insert: &dyn Fn(&str) -> bool) -> bool {
        rest_may_become(&self.0, after, may_insert)
    }
}

fn rest_may_become(pieces: &[Piece], after: &str, may_insert: &dyn Fn(&str) -> bool) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return after.is_empty() };
    let goes_on =
        |prefix: &str| after.strip_prefix(prefix).is_some_and(|after| rest_may_become(rest, after, may_insert));
    match first {
        Piece::Fixed(text) | Piece::Value { new: text, .. } => goes_on(text),
        Piece::Gap(old) => {
            let next = match rest.first() {
                Some(Piece::Fixed(text) | Piece::Value { new: text, .. }) => text.as_str(),
                Some(Piece::Gap(_)) | None => "",
            };
            // The rest is compared first: it usually differs, which is cheap to find out.
            let ends = after.char_indices().map(|(at, _)| at).chain([after.len()]).skip(1);
            let mut ends = ends.filter(|&end| after[end..].starts_with(next));
            goes_on(old)
                || ends.any(|end| may_insert(&after[..end]) && rest_may_become(rest, &after[end..], may_insert))
        }
    }
}

/// Whether `text` contains `wanted`, and otherwise only white space and `words`.
pub fn is_made_of(text: &str, wanted: &[String], words: &[String]) -> bool {
    let mut rest = text;
    let mut holds_wanted = false;
    'words: while let Some(character) = rest.chars().next() {
        if character.is_whitespace() {
            rest = &rest[character.len_utf8()..];
            continue;
        }
        for (words, is_wanted) in [(wanted, true), (words, false)] {
            for word in words {
                if let Some(after) = rest.strip_prefix(word.as_str()) {
                    holds_wanted |= is_wanted;
                    rest = after;
                    continue 'words;
                }
            }
        }
        return false;
    }
    holds_wanted
}
