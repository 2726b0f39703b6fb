//! What the vault conceals.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leverage_tests::invariants::secrets::check(bytes));
