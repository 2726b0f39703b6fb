//! Checks a plugin's handshake, which is read from the file before it is opened, and from memory after.

use leverage_plugin_api::abi::{API_MAJOR, API_MINOR, Handshake};
use std::cmp::Ordering;

use leverage_error::{Error, Kind, Result};

/// Whether this is the handshake of a leverage plugin, of any version.
pub(crate) fn is_plugin(handshake: &Handshake) -> bool {
    handshake.magic == Handshake::MAGIC && handshake.size as usize >= size_of::<Handshake>()
}

/// Checks the version. `name` is what errors call the plugin.
///
/// # Errors
///
/// Another major version; the hint says which side to upgrade.
pub(crate) fn check_version(handshake: &Handshake, name: &str) -> Result<()> {
    let Handshake { api_major, api_minor, .. } = handshake;
    let hint = match api_major.cmp(&API_MAJOR) {
        Ordering::Equal => return Ok(()),
        Ordering::Less => format!("upgrade the plugin to one that is built with leverage-plugin-api {API_MAJOR}"),
        Ordering::Greater => format!("upgrade leverage to a version with plugin interface {api_major}"),
    };
    let message = format!(
        "{name} was built for plugin interface {api_major}.{api_minor}; this leverage has {API_MAJOR}.{API_MINOR}"
    );
    Err(Error::new(Kind::Plugin, message).hint(hint))
}

/// The error of a plugin with the right major version and another layout, although the layout is frozen. Only a later
/// minor version can have a reason for that.
pub(crate) fn layout_error(handshake: &Handshake, name: &str) -> Error {
    let Handshake { api_major, api_minor, .. } = handshake;
    let own = format!("{API_MAJOR}.{API_MINOR}");
    let error = Error::new(
        Kind::Plugin,
        format!(
            "{name} has an incompatible layout: it was built for plugin interface {api_major}.{api_minor}; \
             this leverage has {own}"
        ),
    );
    if *api_minor > API_MINOR {
        return error.hint(format!("upgrade leverage to a version with plugin interface {api_major}.{api_minor}"));
    }
    error.hint(format!("upgrade the plugin to one that is built with a released leverage-plugin-api {own}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_version_says_which_side_to_upgrade() {
        let newer = check_version(&Handshake { api_major: API_MAJOR + 1, api_minor: 0, ..Handshake::CURRENT }, "x")
            .unwrap_err();
        assert_eq!(newer.message, format!("x was built for plugin interface 2.0; this leverage has 1.{API_MINOR}"));
        assert!(newer.hints[0].starts_with("upgrade leverage"));
        let older = check_version(&Handshake { api_major: 0, api_minor: 0, ..Handshake::CURRENT }, "x").unwrap_err();
        assert!(older.message.starts_with("x was built for plugin interface 0.0;"));
        assert!(older.hints[0].starts_with("upgrade the plugin"));
        assert_eq!(check_version(&Handshake { api_minor: API_MINOR + 7, ..Handshake::CURRENT }, "x"), Ok(()));
    }

    #[test]
    fn layout_error_says_which_side_to_upgrade() {
        let same = layout_error(&Handshake::CURRENT, "x");
        assert_eq!(
            same.message,
            format!(
                "x has an incompatible layout: it was built for plugin interface 1.{API_MINOR}; \
                 this leverage has 1.{API_MINOR}"
            )
        );
        assert!(same.hints[0].starts_with("upgrade the plugin"));
        let newer = layout_error(&Handshake { api_minor: API_MINOR + 1, ..Handshake::CURRENT }, "x");
        assert!(newer.message.contains(&format!("built for plugin interface 1.{}", API_MINOR + 1)), "{newer}");
        assert!(newer.hints[0].starts_with("upgrade leverage"));
    }
}
