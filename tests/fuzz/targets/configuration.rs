//! The configuration over several `leverage.toml` files.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leverage_tests::invariants::configuration::check(bytes));
