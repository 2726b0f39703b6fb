//! The sums of what was tried, over all tests of a run of the suite: takes numbers as they come, says them at the end.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

static SUMS: Mutex<BTreeMap<&str, usize>> = Mutex::new(BTreeMap::new());

/// Adds so many of these.
pub fn add(what: &'static str, number: usize) {
    *SUMS.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += number;
}

/// Says what was tried; whether anything was lost or torn, each test has said by itself.
pub fn say() {
    for (what, number) in &*SUMS.lock().unwrap_or_else(PoisonError::into_inner) {
        println!("in all: {number} {what}");
    }
}
