//! The editor of the shared AWS files.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leverage_tests::invariants::ini::check(bytes));
