//! Whether a plugin's handshake is one that this host answers. Read twice: from the file before it is
//! opened, and from memory after.

use leverage_plugin_api::abi::{API_MAJOR, API_MINOR, Handshake};
use std::cmp::Ordering;

use leverage_error::{Error, Kind, Result};

/// Whether this is a handshake of a leverage plugin, of whatever version.
pub(super) fn is_ours(handshake: &Handshake) -> bool {
    handshake.magic == Handshake::MAGIC && handshake.size as usize >= size_of::<Handshake>()
}

/// Checks the version.
///
/// # Errors
///
/// Another major version; the error says which side to upgrade.
pub(super) fn check(handshake: &Handshake, name: &str) -> Result<()> {
    let Handshake { api_major, api_minor, .. } = handshake;
    let refuse = |way: &str| {
        let versions = format!("version {api_major}.{api_minor} of the plugin interface");
        let own = format!("this leverage has {API_MAJOR}.{API_MINOR}");
        Error::new(Kind::Plugin, format!("{name} is too {way}: it was built for {versions}, and {own}"))
    };
    match api_major.cmp(&API_MAJOR) {
        Ordering::Equal => Ok(()),
        Ordering::Less => {
            Err(refuse("old")
                .hint(format!("upgrade the plugin: one built with leverage-plugin-api {API_MAJOR} is needed")))
        }
        Ordering::Greater => {
            Err(refuse("new").hint(format!("upgrade leverage to a version with plugin interface {api_major}")))
        }
    }
}

/// The error of a plugin whose version is right and whose interface is not as in that version, which is frozen.
/// Only a later version can have a reason for that.
pub(super) fn changed(handshake: &Handshake, name: &str) -> Error {
    let Handshake { api_major, api_minor, .. } = handshake;
    let own = format!("{API_MAJOR}.{API_MINOR}");
    let error = Error::new(
        Kind::Plugin,
        format!(
            "{name} has a changed interface: it was built for version {api_major}.{api_minor} of the plugin interface, \
             but is laid out otherwise than version {own} of this leverage"
        ),
    );
    if *api_minor > API_MINOR {
        return error.hint(format!("upgrade leverage to a version with plugin interface {api_major}.{api_minor}"));
    }
    error.hint(format!("upgrade the plugin: one built with a released leverage-plugin-api {own} is needed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_major_version_says_which_side_to_upgrade() {
        let newer =
            check(&Handshake { api_major: API_MAJOR + 1, api_minor: 0, ..Handshake::CURRENT }, "x").unwrap_err();
        assert_eq!(
            newer.message,
            format!(
                "x is too new: it was built for version 2.0 of the plugin interface, and this leverage has 1.{API_MINOR}"
            )
        );
        assert!(newer.hints[0].starts_with("upgrade leverage"));
        let older = check(&Handshake { api_major: 0, api_minor: 0, ..Handshake::CURRENT }, "x").unwrap_err();
        assert!(older.message.starts_with("x is too old: it was built for version 0.0"));
        assert!(older.hints[0].starts_with("upgrade the plugin"));
        assert_eq!(check(&Handshake { api_minor: API_MINOR + 7, ..Handshake::CURRENT }, "x"), Ok(()));
    }

    #[test]
    fn a_changed_interface_says_which_side_to_upgrade() {
        let same = changed(&Handshake::CURRENT, "x");
        assert_eq!(
            same.message,
            format!(
                "x has a changed interface: it was built for version 1.{API_MINOR} of the plugin interface, but is laid \
                 out otherwise than version 1.{API_MINOR} of this leverage"
            )
        );
        assert!(same.hints[0].starts_with("upgrade the plugin"));
        let newer = changed(&Handshake { api_minor: API_MINOR + 1, ..Handshake::CURRENT }, "x");
        assert!(newer.message.contains(&format!("built for version 1.{}", API_MINOR + 1)), "{newer}");
        assert!(newer.hints[0].starts_with("upgrade leverage"));
    }
}
