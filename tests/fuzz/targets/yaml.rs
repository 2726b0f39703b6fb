//! The editor of `project.yaml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leverage_tests::invariants::yaml::check(bytes));
