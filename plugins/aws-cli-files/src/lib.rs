//! The output target `aws-cli-files`: writes a plan to the project's own AWS CLI files, `~/.aws/<short name>/config` and
//! `credentials`. See [`shared_files`](leverage_editors::shared_files).

#![forbid(unsafe_code)]

use leverage_editors::shared_files::SharedFiles;
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::Settings;

const NAME: &str = "aws-cli-files";

/// Writes the plan into `~/.aws/<short name>/config` and `credentials`.
pub struct AwsCliFiles;

impl OutputTarget for AwsCliFiles {
    fn info(&self) -> OutputInfo {
        OutputInfo::new(NAME, "The AWS CLI's config and credentials files of the project")
    }

    fn render(&self, request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        Settings::of(request, NAME, &[])?;
        SharedFiles::PROJECT.render(request, plan, facts)
    }
}

define_plugin! {
    /// Writes profiles and access keys into the AWS CLI's shared files.
    pub PLUGIN = "aws-cli-files", outputs: [AwsCliFiles], lookups: SharedFiles::LOOKUPS
}
