//! Answers that the user gives in advance. A user may wrongly give a secret, which is rejected later, so values are wiped
//! from memory and not shown by `Debug`.

use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// An answer to a question.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    id: String,
    value: Zeroizing<String>,
}

impl Answer {
    /// Answers the question with this id.
    pub fn new(id: impl Into<String>, value: impl Into<String>) -> Self {
        Self { id: id.into(), value: Zeroizing::new(value.into()) }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Answer({})", self.id)
    }
}

/// Answers by question. The last answer to a question counts.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answers {
    by_id: BTreeMap<String, Zeroizing<String>>,
}

impl Answers {
    /// The answer to the question with this id.
    pub fn get(&self, id: &str) -> Option<&str> {
        self.by_id.get(id).map(|value| value.as_str())
    }

    /// Adds an answer.
    pub fn insert(&mut self, answer: Answer) {
        self.by_id.insert(answer.id, answer.value);
    }
}

impl FromIterator<Answer> for Answers {
    fn from_iter<T: IntoIterator<Item = Answer>>(answers: T) -> Self {
        Self { by_id: answers.into_iter().map(|answer| (answer.id, answer.value)).collect() }
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.by_id.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_ids_only() {
        let answer = Answer::new("pin", "s3cret");
        assert_eq!(format!("{answer:?}"), "Answer(pin)");
        let answers: Answers = [answer, Answer::new("region", "us-east-1")].into_iter().collect();
        assert_eq!(format!("{answers:?}"), "{\"pin\", \"region\"}");
        assert_eq!(answers.get("pin"), Some("s3cret"));
    }
}
