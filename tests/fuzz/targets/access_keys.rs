//! The reader of the console's `.csv` file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leverage_tests::invariants::readers::access_keys(bytes));
