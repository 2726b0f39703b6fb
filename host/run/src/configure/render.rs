//! Runs the outputs: each sees the files as those before it made them.

use leverage_core::config::{Effective, Output};
use leverage_core::post_commit::PostCommitActions;
use leverage_core::protocol::{self, RequestBase};
use leverage_core::secrets::Vault;
use leverage_error::Result;
use leverage_loader::Registry;
use leverage_plugin_api::model::{Changes, Diagnostic, Options, Project};
use serde_json::value::RawValue;

use super::lookups::LookupResolver;

/// Runs each output target, with its own options. Its files go into those of `resolver`; returns what is to be done after
/// the commit, and what the outputs have to say.
pub(super) async fn render(
    effective: &Effective,
    requests: &mut OutputRequests<'_>,
    plan: &RawValue,
    registry: &Registry,
    vault: &Vault,
    resolver: &mut LookupResolver<'_, '_, '_>,
) -> Result<(PostCommitActions, Vec<Diagnostic>)> {
    let mut actions = PostCommitActions::default();
    let mut diagnostics = Vec::new();
    for output in &effective.outputs {
        let contribution = registry.output(&output.name)?;
        let changes: Changes = protocol::run(&contribution, requests.of(output)?, Some(plan), resolver).await?;
        diagnostics.extend(changes.diagnostics);
        actions
            .add(&output.name, &contribution, vault, changes.print, changes.commands)
            .map_err(|error| protocol::attribute(&contribution, error))?;
        for change in changes.files {
            resolver.files().change(change).map_err(|error| protocol::attribute(&contribution, error))?;
        }
    }
    Ok((actions, diagnostics))
}

/// What the outputs of a run are called with: the same for all that have no options of their own, so that the plan which
/// follows it is parsed once for all of them.
pub(super) struct OutputRequests<'a> {
    project: &'a Project,
    options: Options,
    shared: RequestBase,
    own: Option<RequestBase>,
}

impl<'a> OutputRequests<'a> {
    /// Those that follow a credential type that was called with `options`, of which its own settings are no output's.
    pub fn new(project: &'a Project, mut options: Options) -> Result<Self> {
        options.settings.clear();
        Ok(Self { project, shared: RequestBase::new(project, &options)?, options, own: None })
    }

    /// The head for one output.
    pub fn of(&mut self, output: &Output) -> Result<&RequestBase> {
        if output.options.is_empty() {
            return Ok(&self.shared);
        }
        self.options.settings.clone_from(&output.options);
        Ok(self.own.insert(RequestBase::new(self.project, &self.options)?))
    }
}
