//! Runs the outputs in order. Each sees the files as those before it changed them.

use leverage_core::config::{EffectiveConfig, OutputConfig};
use leverage_core::post_commit::PostCommitActions;
use leverage_core::protocol::{self, Contribution, RequestBase};
use leverage_error::{Error, Kind, Result};
use leverage_plugin_api::model::{Changes, Diagnostic, Options, Project};
use serde_json::value::RawValue;
use std::collections::BTreeSet;

use super::lookups::LookupContext;
use crate::pending_files::PendingFiles;

/// The results of the outputs, besides the changed files.
#[derive(Default)]
pub(super) struct Rendered {
    /// What to do after the commit.
    pub actions: PostCommitActions,
    /// The warnings and notes of the outputs.
    pub diagnostics: Vec<Diagnostic>,
}

/// Runs each output of the configuration. The changes are added to `files`.
pub(super) async fn render<'a>(
    config: &EffectiveConfig,
    project: &Project,
    options: Options,
    plan: &RawValue,
    lookups: &mut LookupContext<'a>,
    files: &mut PendingFiles<'a>,
) -> Result<Rendered> {
    let mut requests = OutputRequests::new(project, options)?;
    let mut rendered = Rendered::default();
    for output in &config.outputs {
        let contribution = lookups.registry().output(&output.name)?;
        let file_variables = contribution.output_info().map_or(&[][..], |info| &info.file_variables);
        let mut resolver = lookups.resolver(files, file_variables);
        let changes: Changes =
            protocol::run(&contribution, requests.request(output)?, Some(plan), &mut resolver).await?;
        rendered.diagnostics.extend(changes.diagnostics);
        rendered
            .actions
            .add(&output.name, &contribution, lookups.vault(), changes.print, changes.commands)
            .map_err(|error| protocol::attribute(&contribution, error))?;
        let mut written = BTreeSet::new();
        for change in changes.files {
            let added = if written.insert((change.root, change.path.clone())) {
                files.change(change, file_variables, contribution.builtin_name())
            } else {
                let message = format!("returned the file {:?} twice", change.path);
                Err(Error::new(Kind::ProtocolViolation, message))
            };
            added.map_err(|error| protocol::attribute(&contribution, error))?;
        }
    }
    Ok(rendered)
}

/// The requests of the outputs. Outputs without options share one, so that the plan after it is parsed only once.
struct OutputRequests<'a> {
    project: &'a Project,
    options: Options,
    shared: RequestBase,
    with_options: Option<RequestBase>,
}

impl<'a> OutputRequests<'a> {
    /// Creates the requests from the options of the credential type. Its settings are not passed to outputs.
    fn new(project: &'a Project, mut options: Options) -> Result<Self> {
        options.settings.clear();
        Ok(Self { project, shared: RequestBase::new(project, &options)?, options, with_options: None })
    }

    /// The request of an output.
    fn request(&mut self, output: &OutputConfig) -> Result<&RequestBase> {
        if output.options.is_empty() {
            return Ok(&self.shared);
        }
        self.options.settings.clone_from(&output.options);
        Ok(self.with_options.insert(RequestBase::new(self.project, &self.options)?))
    }
}
