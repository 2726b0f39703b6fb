//! Lists in messages.

/// Joins the first items by commas and counts the rest: `a, b and 3 more`.
pub fn shortened<T: AsRef<str>>(items: &[T], longest: usize) -> String {
    let shown: Vec<&str> = items.iter().take(longest).map(AsRef::as_ref).collect();
    let shown = shown.join(", ");
    match items.len().saturating_sub(longest) {
        0 => shown,
        rest => format!("{shown} and {rest} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_counts_what_it_leaves_out() {
        assert_eq!(shortened(&["a", "b", "c"], 3), "a, b, c");
        assert_eq!(shortened(&["a", "b", "c", "d"], 2), "a, b and 2 more");
        assert_eq!(shortened::<&str>(&[], 2), "");
    }
}
