//! The editor of Terraform variables.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leverage_tests::invariants::terraform_vars::check(bytes));
