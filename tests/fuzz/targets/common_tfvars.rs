//! The reader of `config/common.tfvars`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leverage_tests::invariants::readers::common_tfvars(bytes));
