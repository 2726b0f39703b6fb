//! What always holds for the editors and readers of people's files, in one place.
//!
//! Each target takes bytes, which choose an input (see [`choices`]), and panics where the code breaks a rule. The
//! same targets serve the tests (`tests/editors.rs`, which makes the bytes from numbers) and `cargo fuzz`
//! (`fuzz/`, where libFuzzer makes them). A further target is a function here and a line in [`TARGETS`].

pub mod choices;
pub mod configuration;
pub mod ini;
mod pieces;
pub mod readers;
pub mod secrets;
pub mod terraform_vars;
pub mod yaml;

use crate::random::Random;

/// A target: its name, and what it does with an input.
pub struct Target {
    /// The name, also that of the fuzz target.
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
    // Most inputs are short: what is wrong in a large one is mostly wrong in a small one, too.
    let length = [16, 64, 192, 512][(random.number() % 4) as usize] + (random.number() % 64) as usize;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend(random.number().to_le_bytes());
    }
    bytes
}
