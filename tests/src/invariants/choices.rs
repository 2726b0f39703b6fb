//! Turns bytes into choices, so that the bytes select an input. After the last byte, every choice is the first one, so
//! every input is finite.

/// Bytes, each of which is a choice.
pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    /// The choices that these bytes make.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// A number below `end`, which is 256 at most.
    pub fn below(&mut self, end: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % end.max(1)
    }

    /// One of these.
    ///
    /// # Panics
    ///
    /// The list is empty.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) + 1 == times
    }

    /// Some of these, in their order.
    pub fn some_of<T: Copy>(&mut self, choices: &[T]) -> Vec<T> {
        choices.iter().copied().filter(|_| self.below(2) == 1).collect()
    }

    /// Up to `most` of these, one after the other.
    pub fn concat(&mut self, words: &[&str], most: usize) -> String {
        (0..self.below(most + 1)).map(|_| self.one_of(words)).collect()
    }

    /// All remaining bytes, as a text.
    pub fn text(&mut self) -> String {
        String::from_utf8_lossy(std::mem::take(&mut self.0)).into_owned()
    }
}
