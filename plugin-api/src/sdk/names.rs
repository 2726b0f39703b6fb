//! Lists of names in messages.

/// The first `most` names with commas between them, and how many more there are: `a, b and 3 more`.
pub fn list_names<S: AsRef<str>>(names: &[S], most: usize) -> String {
    let named: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(most) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_list_ends_with_a_count() {
        assert_eq!(list_names::<&str>(&[], 2), "");
        assert_eq!(list_names(&["a", "b"], 2), "a, b");
        assert_eq!(list_names(&["a", "b", "c"], 2), "a, b and 1 more");
    }
}
