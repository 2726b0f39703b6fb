//! The output target `aws-config-shared`: writes a plan to the files that the AWS CLI reads by default, `~/.aws/config` and
//! `~/.aws/credentials`, so that no environment variable is needed. Everything else in the files is kept.

#![forbid(unsafe_code)]

use leverage_editors::shared_files::SharedFiles;
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::Settings;

const NAME: &str = "aws-config-shared";

/// Writes the plan into `~/.aws/config` and `~/.aws/credentials`.
struct AwsConfigShared;

impl OutputTarget for AwsConfigShared {
    fn info(&self) -> OutputInfo {
        OutputInfo::new(NAME, "The AWS CLI's own files, ~/.aws/config and ~/.aws/credentials")
            .profiles_at(Root::AwsHome)
    }

    fn render(&self, request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        Settings::of(request, NAME, &[])?;
        SharedFiles::HOME.render(request, plan, facts)
    }
}

define_plugin! {
    /// Writes profiles and access keys into the files that the AWS CLI reads by itself.
    pub PLUGIN = "aws-config-shared", outputs: [AwsConfigShared], lookups: SharedFiles::LOOKUPS
}
