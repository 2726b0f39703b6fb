//! The effective configuration.

use super::stream::print_result;
use super::style::{BOLD, CYAN};
use leverage_core::config::Setting;
use leverage_error::visible::safe;

/// Shows each setting with its value and its source.
pub(crate) fn settings(settings: &[Setting]) {
    let width = settings.iter().map(|setting| setting.key.len()).max().unwrap_or_default();
    for Setting { key, value, from } in settings {
        print_result!(
            "{BOLD}{:<width$}{BOLD:#}  {}  {CYAN}{}{CYAN:#}",
            safe(key),
            safe(&value.to_string()),
            safe(from)
        );
    }
}
