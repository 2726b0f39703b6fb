//! The part of a request that is the same in every call of a run.

use leverage_plugin_api::model::{Fact, Options, Project};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use leverage_error::{Error, Kind, Result};

/// The project and the options, serialized once.
pub struct RequestBase {
    project: Box<RawValue>,
    options: Box<RawValue>,
}

impl RequestBase {
    /// Serializes the project and the options.
    ///
    /// # Errors
    ///
    /// They cannot be written as JSON.
    pub fn new(project: &Project, options: &Options) -> Result<Self> {
        Ok(Self {
            project: to_raw_value(project).map_err(json_error)?,
            options: to_raw_value(options).map_err(json_error)?,
        })
    }

    /// The request document of one call, in the form of [`Request`](leverage_plugin_api::model::Request).
    pub(super) fn document(&self, plan: Option<&RawValue>, facts: &[Fact]) -> Result<Vec<u8>> {
        #[derive(Serialize)]
        struct Document<'a> {
            project: &'a RawValue,
            options: &'a RawValue,
            #[serde(skip_serializing_if = "Option::is_none")]
            plan: Option<&'a RawValue>,
            facts: &'a [Fact],
        }
        let length = [Some(&*self.project), Some(&self.options), plan]
            .iter()
            .flatten()
            .map(|part| part.get().len())
            .sum::<usize>()
            + facts.iter().map(|fact| fact.answer.get().len() + FACT_OVERHEAD).sum::<usize>();
        let mut document = Vec::with_capacity(length + FACT_OVERHEAD);
        serde_json::to_writer(&mut document, &Document { project: &self.project, options: &self.options, plan, facts })
            .map_err(json_error)?;
        Ok(document)
    }
}

/// The approximate length of a fact without its answer, so that documents are not moved while they grow.
const FACT_OVERHEAD: usize = 512;

fn json_error(error: serde_json::Error) -> Error {
    Error::new(Kind::Internal, "failed to write a request as JSON").cause(error)
}
