//! Reads one of the files with the AWS SDK's own parser.

use aws_config::profile::load;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::{Env, Fs};
use futures_util::FutureExt;
use leverage_editors::ini::SharedFile;
use std::collections::BTreeMap;

use super::case::{Case, Sections};
use super::texts::{KEYS, NAMES};

/// The sections and their settings, or `None` if the parser refuses the file. The parser does not list settings and
/// sessions, so this asks for those that generated texts may contain.
pub(super) fn read(case: &Case, text: &str) -> Option<Sections> {
    let kind = match case.file {
        SharedFile::Config => EnvConfigFileKind::Config,
        SharedFile::Credentials => EnvConfigFileKind::Credentials,
    };
    // Neither program accepts the byte order mark, which belongs to the user.
    let text = text.trim_start_matches('\u{feff}');
    let files = EnvConfigFiles::builder().with_contents(kind, text).build();
    let (fs, env) = (Fs::from_slice(&[]), Env::from_slice(&[]));
    let profiles = load(&fs, &env, &files, None).now_or_never().expect("no file has to be read").ok()?;
    let mut sections = Sections::new();
    let names: Vec<&str> = profiles.profiles().collect();
    for name in names {
        let profile = profiles.get_profile(name).expect("it was listed");
        sections.insert(format!("profile {name}"), settings(|key| profile.get(key)));
    }
    let wanted = case.wanted.iter().map(|wanted| wanted.name.as_str());
    for name in NAMES.into_iter().chain(wanted) {
        if let Some(session) = profiles.sso_session(name) {
            sections.insert(format!("sso-session {name}"), settings(|key| session.get(key)));
        }
    }
    Some(sections)
}

fn settings<'s>(get: impl Fn(&str) -> Option<&'s str>) -> BTreeMap<String, String> {
    KEYS.iter().filter_map(|key| Some(((*key).to_owned(), get(key)?.to_owned()))).collect()
}
