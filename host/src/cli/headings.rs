//! The headings under which `--help` groups options.

pub(super) const ACCESS_KEYS: &str = "Access keys";
pub(super) const MFA: &str = "MFA";
pub(super) const ACCOUNTS: &str = "Accounts and roles";
pub(super) const OUTPUT: &str = "Output";
pub(super) const AUTOMATION: &str = "Automation";
pub(super) const GLOBAL: &str = "Global options";
pub(super) const TRUST: &str = "Trust";
pub(super) const ISOLATION: &str = "Isolation";
pub(super) const NEW_CRATE: &str = "New crate";
pub(super) const CHECKS: &str = "Checks";
pub(super) const EMBEDDED_AWS: &str = "Embedded AWS";
