//! Reads the AWS CLI's shared files, and checks pending changes of them, with the AWS SDK's parser.

use leverage_plugin_api::model::{Diagnostic, Plan, Root};

use std::path::{Path, PathBuf};

use super::pending_files::{CONFIG, CREDENTIALS, PendingFiles};
use leverage_aws::SdkProfiles;
use leverage_error::{Error, Kind, Result};
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

/// Where the AWS CLI looks for each of its own files instead of `~/.aws`.
const VARIABLES: [(&str, &str); 2] = [("AWS_CONFIG_FILE", CONFIG), ("AWS_SHARED_CREDENTIALS_FILE", CREDENTIALS)];

/// Rejects variables that make the AWS CLI read other files than those in `~/.aws`: it would not find the new profiles.
///
/// # Errors
///
/// A variable names another file.
pub(super) fn refuse_other_files(home: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<()> {
    for (variable, file) in VARIABLES {
        let Some(value) = environment(variable) else { continue };
        let named = value.strip_prefix("~/").map_or_else(|| PathBuf::from(&value), |path| home.join(path));
        let written = home.join(".aws").join(file);
        if named != written {
            return Err(Error::new(
                Kind::Usage,
                format!(
                    "`{variable}` is {value:?}, but the output writes {}: the AWS CLI would not find the profiles",
                    written.display()
                ),
            )
            .hint(format!("unset the variable for this run: `env -u {variable} leverage …`"))
            .hint("or use `--output aws-cli-files`, which writes files of the project"));
        }
    }
    Ok(())
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

/// Parses the files with their pending changes, and compares the result with the plan. Warns about files that only the AWS
/// CLI can read.
///
/// # Errors
///
/// The AWS SDK would read something else than the plan says.
pub(super) async fn check(files: &mut PendingFiles<'_>, roots: &[Root], plan: &Plan) -> Result<Vec<Diagnostic>> {
    let mut warnings = Vec::new();
    for &root in roots {
        let config_changes = files.is_changed(root, CONFIG);
        let credentials_change = files.is_changed(root, CREDENTIALS);
        if !config_changes && !credentials_change {
            continue;
        }
        let profiles = parse(files, root).await?;
        if let Some((file, why)) = profiles.needs_plain_form() {
            let path = files.folder(root).join(file);
            warnings.push(Diagnostic::warning(format!(
                "{}: the AWS CLI reads this file, but the AWS SDKs reject it; other sections left unchanged: {why}",
                path.display()
            )));
        }
        if config_changes {
            profiles.check_profiles(plan)?;
        }
        if credentials_change {
            profiles.check_keys(plan)?;
        }
    }
    Ok(warnings)
}
