//! Counts of what the suite tried, summed over all tests, and printed at the end.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

static SUMS: Mutex<BTreeMap<&str, usize>> = Mutex::new(BTreeMap::new());

/// Adds to a count.
pub fn add(what: &'static str, number: usize) {
    *SUMS.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += number;
}

/// Prints the counts. Each test itself reports lost or torn files.
pub fn say() {
    for (what, number) in &*SUMS.lock().unwrap_or_else(PoisonError::into_inner) {
        println!("in all: {number} {what}");
    }
}
