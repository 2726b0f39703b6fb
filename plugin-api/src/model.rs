//! The documents that cross the plugin boundary, as JSON.
//!
//! Every document tolerates fields that it does not know, and the ones that travel on to other
//! plugins ([`Plan`] and what it holds) keep them in `extra`. All are `#[non_exhaustive]`: build
//! them with their constructors.

mod changes;
mod lookups;
mod manifest;
mod plan;
mod profile_options;
mod request;
mod secret;

pub use changes::{Changes, FileChange, PlannedCommand};
pub use lookups::{
    Account, AccountState, Accounts, AnswerKind, Choice, Credentials, Identity, KeyPair, MfaDevice, MfaDeviceKind,
    Organization, OrganizationalUnit, OrganizationalUnits, ProfileSettings, Root,
};
pub use manifest::{HiddenLines, Manifest, OutputInfo, TypeInfo};
pub use plan::{Diagnostic, Extra, Plan, PlannedAccount, PlannedKeys, PlannedProfile, PlannedSsoSession, Severity};
pub use profile_options::{AccountFilter, ProfileOptions};
pub use request::{
    AccessKeysMode, Fact, Failure, Lookup, Options, Project, ProjectAccount, PruneMode, Request, Response,
};
pub use secret::{SecretRef, TextFormat};
