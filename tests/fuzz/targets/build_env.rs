//! The reader of `build.env`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leverage_tests::invariants::readers::build_env(bytes));
