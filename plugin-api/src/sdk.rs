//! The API for plugin authors: two traits, [`Facts`], and two macros.

mod contribution;
mod facts;
pub mod lookup;
mod names;
mod plugin;
mod settings;

pub use contribution::{CredentialType, OutputTarget};
pub use facts::{Facts, Pause, Query, QuerySet, Step};
pub use names::list_names;
pub use plugin::{Definition, Plugin};
#[doc(hidden)]
pub use plugin::{serve_manifest, serve_step};
pub use settings::Settings;
