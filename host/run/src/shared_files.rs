//! Reads the AWS CLI's shared files, and checks pending changes of them, with the AWS SDK's parser.

use leverage_plugin_api::model::{Plan, Root};

use super::pending_files::{CONFIG, CREDENTIALS, PendingFiles};
use leverage_aws::SdkProfiles;
use leverage_error::Result;
use leverage_loader::Registry;

/// The roots in which existing profiles are looked up: the project's files, then those that one of these outputs writes.
pub(super) fn roots<'n>(registry: &Registry, outputs: impl IntoIterator<Item = &'n str>) -> Vec<Root> {
    let mut roots = vec![Root::Aws];
    for name in outputs {
        let info = registry.outputs().find(|info| info.name == name);
        roots.extend(info.and_then(|info| info.profiles_at).filter(|root| !roots.contains(root)));
    }
    roots
}

/// Parses the profiles of a root.
///
/// # Errors
///
/// A file cannot be read or parsed.
pub(super) async fn parse(files: &mut PendingFiles<'_>, root: Root) -> Result<SdkProfiles> {
    let folder = files.folder(root).display().to_string();
    let (config, credentials) = files.read_shared_files(root)?;
    SdkProfiles::parse(config, credentials).await.map_err(|mut error| {
        error.message = format!("{} in {folder}", error.message);
        error
    })
}

/// Parses the files with their pending changes, and compares the result with the plan.
///
/// # Errors
///
/// The AWS SDK would read something else than the plan says.
pub(super) async fn check(files: &mut PendingFiles<'_>, roots: &[Root], plan: &Plan) -> Result<()> {
    for &root in roots {
        let config_changes = files.is_changed(root, CONFIG);
        let credentials_change = files.is_changed(root, CREDENTIALS);
        if !config_changes && !credentials_change {
            continue;
        }
        let profiles = parse(files, root).await?;
        if config_changes {
            profiles.check_profiles(plan)?;
        }
        if credentials_change {
            profiles.check_keys(plan)?;
        }
    }
    Ok(())
}
