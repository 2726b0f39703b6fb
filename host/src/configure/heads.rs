//! What the outputs of a run are called with: the same for all that have no options of their own, so that the plan
//! which follows it is parsed once for all of them.

use leverage_plugin_api::model::{Options, Project};

use crate::core::config::Output;
use crate::core::engine::Head;
use crate::error::Result;

/// The heads of the requests to a run's outputs.
pub(super) struct OutputHeads<'a> {
    project: &'a Project,
    options: Options,
    shared: Head,
    own: Option<Head>,
}

impl<'a> OutputHeads<'a> {
    /// Those that follow a credential type that was called with `options`, of which its own settings are no output's.
    pub fn new(project: &'a Project, mut options: Options) -> Result<Self> {
        options.settings.clear();
        Ok(Self { project, shared: Head::new(project, &options)?, options, own: None })
    }

    /// The head for one output.
    pub fn of(&mut self, output: &Output) -> Result<&Head> {
        if output.options.is_empty() {
            return Ok(&self.shared);
        }
        self.options.settings.clone_from(&output.options);
        Ok(self.own.insert(Head::new(self.project, &self.options)?))
    }
}
