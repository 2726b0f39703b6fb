//! The command line of `leverage sandbox`.

use clap::Args;
use std::ffi::OsString;

use super::headings;
use leverage_sandbox::{Fault, FaultKind};

/// The options of `leverage sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// Number of accounts in the organization, including the management account
    #[arg(long, value_name = "N", default_value_t = 6, help_heading = headings::EMBEDDED_AWS)]
    pub accounts: usize,

    /// Delay of each reply, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, help_heading = headings::EMBEDDED_AWS)]
    pub latency: u64,

    /// Inject a fault, in every Kth request or in one operation. Repeatable; the kinds are listed below
    #[arg(long = "fault", value_name = "KIND[=K][@OPERATION]", help_heading = headings::EMBEDDED_AWS)]
    pub faults: Vec<Fault>,

    /// Command to run in the sample project [default: the tour]
    #[arg(last = true, value_name = "CMD")]
    pub command: Vec<OsString>,
}

/// What `sandbox --help` ends with: the kinds of faults, the effect and an example.
pub(super) fn after_help() -> String {
    let kinds: String =
        FaultKind::ALL.iter().map(|kind| format!("  {:<18}  {}\n", kind.name(), kind.about())).collect();
    format!(
        "\
Faults:
{kinds}
Modifies: a temporary folder, which is removed at the end. Your own files are not touched.

Example:
  leverage sandbox
  leverage sandbox -- bash
  leverage sandbox --accounts 50 --fault throttled -- leverage credentials \\
      configure --type BOOTSTRAP \\
      --credentials-file ../keys/bootstrap_accessKeys.csv"
    )
}
