//! The AWS CLI's shared files, in the places where a run has to do with them: reads them, and checks what is about to be
//! written, with the AWS SDK's own parser.

use leverage_plugin_api::model::{Plan, Root};

use super::working_files::WorkingFiles;
use leverage_aws::SdkProfiles;
use leverage_error::Result;
use leverage_loader::Registry;

/// The AWS CLI's shared config file, in `~/.aws/<short name>`.
pub(super) const CONFIG: &str = "config";
/// The AWS CLI's shared credentials file, in `~/.aws/<short name>`.
pub(super) const CREDENTIALS: &str = "credentials";

/// Where existing profiles are looked for: in the project's own files first, then wherever one of these outputs writes
/// some.
pub(super) fn roots<'n>(registry: &Registry, outputs: impl IntoIterator<Item = &'n str>) -> Vec<Root> {
    let mut roots = vec![Root::Aws];
    for name in outputs {
        let info = registry.outputs().find(|info| info.name == name);
        roots.extend(info.and_then(|info| info.profiles_at).filter(|root| !roots.contains(root)));
    }
    roots
}

/// The profiles that stand at `root`.
///
/// # Errors
///
/// A file can't be read, or the SDK refuses it.
pub(super) async fn parse(texts: &mut WorkingFiles<'_>, root: Root) -> Result<SdkProfiles> {
    let folder = texts.folder(root).display().to_string();
    let (config, credentials) = texts.read_shared_files(root)?;
    SdkProfiles::parse(config, credentials).await.map_err(|mut error| {
        error.message = format!("{} in {folder}", error.message);
        error
    })
}

/// Reads what is about to be written with the SDK's parser.
///
/// # Errors
///
/// It would read something else than the plan wants.
pub(super) async fn check(texts: &mut WorkingFiles<'_>, roots: &[Root], plan: &Plan) -> Result<()> {
    for &root in roots {
        let config_changes = texts.is_changed(root, CONFIG);
        let credentials_change = texts.is_changed(root, CREDENTIALS);
        if !config_changes && !credentials_change {
            continue;
        }
        let profiles = parse(texts, root).await?;
        if config_changes {
            profiles.check_profiles(plan)?;
        }
        if credentials_change {
            profiles.check_keys(plan)?;
        }
    }
    Ok(())
}
