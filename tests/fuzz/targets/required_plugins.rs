//! The reader of `[plugins.require]` in `leverage.toml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leverage_tests::invariants::readers::required_plugins(bytes));
