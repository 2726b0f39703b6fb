//! What must always hold for the editors and readers of users' files.
//!
//! Each target takes bytes, which choose an input (see [`choices`]), and panics if the code breaks a rule. The
//! same targets serve the tests (`tests/slow/tests/editors`, which derives the bytes from numbers) and `cargo fuzz`
//! (`tests/fuzz`, where libFuzzer generates them). `tests/FUZZING.md` says how to add a target.

pub mod choices;
pub mod configuration;
pub mod ini;
mod pieces;
pub mod readers;
pub mod secrets;
pub mod terraform_vars;
pub mod yaml;

use crate::random::Random;

/// A target.
pub struct Target {
    /// The name, which the fuzz target has too.
    pub name: &'static str,
    /// Panics if the input makes the code break a rule.
    pub check: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 10] = [
    Target { name: "ini", check: ini::check },
    Target { name: "terraform_vars", check: terraform_vars::check },
    Target { name: "yaml", check: yaml::check },
    Target { name: "access_keys", check: readers::access_keys },
    Target { name: "build_env", check: readers::build_env },
    Target { name: "project_yaml", check: readers::project_yaml },
    Target { name: "common_tfvars", check: readers::common_tfvars },
    Target { name: "required_plugins", check: readers::required_plugins },
    Target { name: "configuration", check: configuration::check },
    Target { name: "secrets", check: secrets::check },
];

/// The bytes of the input with this number: always the same.
pub fn input(number: u64) -> Vec<u8> {
    let mut random = Random::new(number);
    // Most inputs are short: most errors show in short inputs already.
    let length = [16, 64, 192, 512][(random.number() % 4) as usize] + (random.number() % 64) as usize;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend(random.number().to_le_bytes());
    }
    bytes
}
