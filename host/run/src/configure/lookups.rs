//! Gathers the facts that plugins ask for: first what needs the person or the files, one after the
//! other; then everything that needs AWS, at once.

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared, try_join_all};
use leverage_plugin_api::model::{
    AnswerKind, Credentials, Identity, KeyPair, Lookup, MfaDevice, ProfileSettings, Root,
};
use leverage_plugin_api::sdk::Query;
use leverage_plugin_api::sdk::lookup::{
    AccessKeys as AskAccessKeys, Ask, CallerIdentity, DescribeOrganization, GetProfile, ListAccounts, ListMfaDevices,
    ListOrganizationalUnits, ReadFile,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::rc::Rc;
use zeroize::Zeroizing;

use super::ConfigureOptions;
use crate::effects::Effects;
use crate::shared_files;
use crate::working_files::WorkingFiles;
use leverage_aws::{Connection, SdkProfiles};
use leverage_core::access_keys::{self, AccessKeys};
use leverage_core::protocol::Gather;
use leverage_core::secrets::Vault;
use leverage_error::{Error, Kind, Result};

/// How long standard input may be: the console's `.csv` file has a few hundred bytes.
const MOST_BYTES: usize = 64 * 1024;
/// How long its buffer is: with some room behind what may be read, so that it does not grow to see that this is all.
const CAPACITY: usize = MOST_BYTES + 1024;

/// What a run has gathered so far, beyond its texts.
pub(super) struct LookupState<'a> {
    options: &'a ConfigureOptions,
    effects: &'a Effects<'a>,
    vault: &'a Vault,
    region: &'a str,
    profile_roots: Vec<Root>,
    keys: HashMap<String, KeyPair>,
    sessions: HashMap<Credentials, Session>,
}

/// A connection, and who it is: asked at most once, however many want to know.
#[derive(Clone)]
struct Session {
    connection: Rc<dyn Connection>,
    identity: Shared<LocalBoxFuture<'static, Result<Identity>>>,
}

/// [`LookupState`] together with the texts, as one step of a plugin needs them.
pub(super) struct LookupResolver<'f, 'a, 't> {
    state: &'f mut LookupState<'a>,
    files: &'t mut WorkingFiles<'a>,
    /// Of each place that has been looked at.
    profiles: Vec<SdkProfiles>,
}

impl<'a> LookupState<'a> {
    /// LookupState for a project in `region`, whose profiles stand at `profile_roots`.
    pub fn new(
        options: &'a ConfigureOptions,
        effects: &'a Effects<'a>,
        vault: &'a Vault,
        region: &'a str,
        profile_roots: Vec<Root>,
    ) -> Self {
        Self { options, effects, vault, region, profile_roots, keys: HashMap::new(), sessions: HashMap::new() }
    }

    /// Gathers with these texts.
    pub fn with<'f, 't>(&'f mut self, files: &'t mut WorkingFiles<'a>) -> LookupResolver<'f, 'a, 't> {
        LookupResolver { state: self, files, profiles: Vec::new() }
    }

    /// Who the keys belong to; AWS is asked if it was not before.
    pub async fn identity_of(&self, pair: &KeyPair) -> Result<Identity> {
        let credentials = Credentials::Keys(pair.clone());
        match self.sessions.get(&credentials) {
            Some(session) => session.identity.clone().await,
            None => self.connect(&self.reveal(pair)?, &credentials).await.identity.await,
        }
    }

    /// Who the only credentials of the run belong to, if AWS was asked about them.
    pub async fn any_identity(&self) -> Option<Identity> {
        match self.sessions.values().collect::<Vec<_>>().as_slice() {
            [only] => only.identity.clone().await.ok(),
            _ => None,
        }
    }

    /// Whether the run had to do with access keys: AWS was asked with some.
    pub fn used_credentials(&self) -> bool {
        !self.sessions.is_empty()
    }

    fn reveal(&self, pair: &KeyPair) -> Result<AccessKeys> {
        let secret = self
            .vault
            .secret(&pair.secret_access_key)
            .ok_or_else(|| Error::new(Kind::ProtocolViolation, "names a secret that it was not given"))?;
        Ok(AccessKeys { id: pair.access_key_id.clone(), secret, session_token: None })
    }

    async fn connect(&self, keys: &AccessKeys, whose: &Credentials) -> Session {
        tracing::info!(access_key_id = keys.id, region = self.region, "asking AWS");
        let connection = self.effects.aws.connect(keys, whose, self.region).await;
        let own = Rc::clone(&connection);
        let identity = async move { own.identity().await }.boxed_local().shared();
        Session { connection, identity }
    }

    /// New access keys for `profile`: from the file that was named, or from the person.
    fn access_keys(&mut self, profile: &str) -> Result<KeyPair> {
        if let Some(pair) = self.keys.get(profile) {
            return Ok(pair.clone());
        }
        let keys = match &self.options.credentials_file {
            Some(path) => self.read_csv(path)?,
            None => self.ask_keys(profile)?,
        };
        let pair = KeyPair::new(keys.id, self.vault.keep(keys.secret)?);
        self.keys.insert(profile.to_owned(), pair.clone());
        Ok(pair)
    }

    fn ask_keys(&self, profile: &str) -> Result<AccessKeys> {
        let prompt = self.effects.prompt;
        if !prompt.is_available() {
            return Err(Error::new(Kind::AnswerNeeded, format!("access keys are needed for the profile {profile}"))
                .hint("give `--credentials-file FILE` (`-` reads it from standard input)"));
        }
        let ways = ["From the `.csv` file that the AWS console offers".to_owned(), "By typing them".to_owned()];
        if prompt.select(&format!("How will you give the access keys for {profile}?"), &ways)? == 0 {
            return self.read_csv(&prompt.path("The file:")?);
        }
        let id = prompt.text("Access key ID:", None, |id| access_keys::check_id(id).map_err(|error| error.message))?;
        let secret = prompt
            .secret("Secret access key:", |secret| access_keys::check_secret(secret).map_err(|error| error.message))?;
        AccessKeys::new(&id, secret)
    }

    /// Reads the console's `.csv` file; `-` is standard input.
    fn read_csv(&self, path: &Path) -> Result<AccessKeys> {
        let named = |mut error: Error| {
            error.message = format!("{}: {}", path.display(), error.message);
            error
        };
        let bytes = if path == Path::new("-") {
            read_all((self.effects.stdin)()).map_err(named)?
        } else {
            let missing = || {
                Error::new(Kind::AccessKeys, format!("there is no file {}", path.display()))
                    .hint("`--credentials-file` takes the `.csv` file that the AWS console offers")
            };
            self.effects.files.read(path)?.ok_or_else(missing)?.bytes
        };
        let text =
            std::str::from_utf8(&bytes).map_err(|_| named(Error::new(Kind::AccessKeys, "the file is not text")))?;
        access_keys::from_csv(text).map_err(named)
    }

    fn answer(&self, ask: &Ask) -> Result<String> {
        if matches!(ask.kind, AnswerKind::Secret) && self.options.answers.get(&ask.id).is_some() {
            let message =
                format!("the answer to {} is a secret, and other processes can see a program's arguments", ask.id);
            let variable = variable(&ask.id);
            return Err(Error::new(Kind::Usage, message)
                .hint(format!("give it in the environment variable {variable}, or type it when you are asked")));
        }
        if let Some(given) = given_answer(&ask.id, self.options, self.effects) {
            return self.check_given(ask, given);
        }
        let prompt = self.effects.prompt;
        if !prompt.is_available() {
            let instead = ask.instead.clone().unwrap_or_else(|| match ask.kind {
                AnswerKind::Secret => format!("the environment variable {}", variable(&ask.id)),
                _ => format!("`--answer {}=VALUE`", ask.id),
            });
            return Err(Error::new(Kind::AnswerNeeded, format!("a question needs an answer: {}", ask.message))
                .hint(format!("give {instead}")));
        }
        match &ask.kind {
            AnswerKind::Select(choices) => {
                let labels: Vec<String> = choices.iter().map(|choice| choice.label.clone()).collect();
                let index = prompt.select(&ask.message, &labels)?;
                choices
                    .get(index)
                    .map(|choice| choice.value.clone())
                    .ok_or_else(|| Error::new(Kind::Internal, "an answer was chosen that is not there"))
            }
            AnswerKind::Secret => {
                let secret = prompt.secret(&ask.message, |_| Ok(()))?;
                Ok(self.vault.keep(secret)?.id().to_owned())
            }
            _ => prompt.text(&ask.message, ask.default.as_deref(), |_| Ok(())),
        }
    }

    fn check_given(&self, ask: &Ask, given: String) -> Result<String> {
        match &ask.kind {
            AnswerKind::Secret => Ok(self.vault.keep(Zeroizing::new(given))?.id().to_owned()),
            AnswerKind::Select(choices) if choices.iter().all(|choice| choice.value != given) => {
                let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
                Err(Error::new(Kind::Usage, format!("the answer to {} can't be {given:?}", ask.id))
                    .hint(format!("it is one of {}", values.join(", "))))
            }
            _ => Ok(given),
        }
    }
}

/// An answer that was given beforehand: `--answer ID=VALUE`, or the variable `LEVERAGE_ANSWER_ID`.
pub(crate) fn given_answer(id: &str, options: &ConfigureOptions, effects: &Effects<'_>) -> Option<String> {
    options.answers.get(id).map(str::to_owned).or_else(|| (effects.environment)(&variable(id)))
}

fn variable(id: &str) -> String {
    format!("LEVERAGE_ANSWER_{}", id.to_uppercase().replace('-', "_"))
}

/// All of the input, in a buffer that is wiped: so long that it never moves, which would leave a copy behind.
fn read_all(input: impl Read) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(CAPACITY));
    input
        .take(MOST_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::new(Kind::Files, "standard input can't be read").cause(error))?;
    if bytes.len() > MOST_BYTES {
        return Err(Error::new(Kind::AccessKeys, format!("standard input is longer than {MOST_BYTES} bytes"))
            .hint("give the `.csv` file that the AWS console offers, and nothing else"));
    }
    Ok(bytes)
}

impl<'a> LookupResolver<'_, 'a, '_> {
    /// The texts that files are read from.
    pub fn files(&mut self) -> &mut WorkingFiles<'a> {
        self.files
    }

    /// The settings of an existing profile: of the first place where it has access keys, else the first where it is. The
    /// files are parsed once for all lookups of a step.
    async fn profile(&mut self, name: &str) -> Result<Option<ProfileSettings>> {
        let mut first = None;
        for (at, root) in self.state.profile_roots.iter().enumerate() {
            if at == self.profiles.len() {
                self.profiles.push(shared_files::parse(self.files, *root).await?);
            }
            let found = self.profiles.get(at).and_then(|profiles| profiles.get(name));
            if found.as_ref().is_some_and(ProfileSettings::has_access_keys) {
                return Ok(found);
            }
            first = first.or(found);
        }
        Ok(first)
    }

    async fn session(&mut self, credentials: &Credentials) -> Result<Session> {
        if let Some(session) = self.state.sessions.get(credentials) {
            return Ok(session.clone());
        }
        let keys = match credentials {
            Credentials::Keys(pair) => self.state.reveal(pair)?,
            Credentials::Profile(name) => self.keys_of_profile(name).await?,
            _ => return Err(Error::new(Kind::ProtocolViolation, "names credentials of an unknown kind")),
        };
        let session = self.state.connect(&keys, credentials).await;
        self.state.sessions.insert(credentials.clone(), session.clone());
        Ok(session)
    }

    async fn keys_of_profile(&mut self, name: &str) -> Result<AccessKeys> {
        let settings = self.profile(name).await?.map(|profile| profile.settings).unwrap_or_default();
        let secret = |key: &str| settings.get(key).map(|token| self.state.vault.reveal(token)).transpose();
        match (settings.get("aws_access_key_id"), secret("aws_secret_access_key")?) {
            (Some(id), Some(value)) => {
                Ok(AccessKeys { id: id.clone(), secret: value, session_token: secret("aws_session_token")? })
            }
            _ => Err(Error::new(Kind::Files, format!("the profile {name} holds no access keys"))
                .hint("set them up with `leverage credentials configure`")),
        }
    }

    /// Answers what needs the person or the files, and prepares what needs AWS.
    async fn prepare(&mut self, lookup: &Lookup) -> Result<LocalBoxFuture<'a, Result<Box<RawValue>>>> {
        let answer = match lookup.name.as_str() {
            AskAccessKeys::NAME => json(&self.state.access_keys(&input::<AskAccessKeys>(lookup)?.profile)?)?,
            Ask::NAME => json(&self.state.answer(&input::<Ask>(lookup)?)?)?,
            GetProfile::NAME => json(&self.profile(&input::<GetProfile>(lookup)?.name).await?)?,
            ReadFile::NAME => {
                let file: ReadFile = input(lookup)?;
                json(&self.files.read(file.root, &file.path)?)?
            }
            CallerIdentity::NAME => {
                let session = self.session(&input::<CallerIdentity>(lookup)?.with).await?;
                return Ok(async move { json(&session.identity.await?) }.boxed_local());
            }
            DescribeOrganization::NAME => {
                let session = self.session(&input::<DescribeOrganization>(lookup)?.with).await?;
                return Ok(async move { json(&session.connection.organization().await?) }.boxed_local());
            }
            ListAccounts::NAME => {
                let session = self.session(&input::<ListAccounts>(lookup)?.with).await?;
                let progress = self.state.effects.progress;
                return Ok(async move { json(&session.connection.accounts(progress).await?) }.boxed_local());
            }
            ListOrganizationalUnits::NAME => {
                let session = self.session(&input::<ListOrganizationalUnits>(lookup)?.with).await?;
                return Ok(async move { json(&session.connection.organizational_units().await?) }.boxed_local());
            }
            ListMfaDevices::NAME => {
                let session = self.session(&input::<ListMfaDevices>(lookup)?.with).await?;
                return Ok(async move { json(&mfa_devices(&session).await?) }.boxed_local());
            }
            unknown => {
                return Err(Error::new(
                    Kind::ProtocolViolation,
                    format!("asks for {unknown:?}, which this leverage does not know"),
                )
                .hint("upgrade leverage"));
            }
        };
        Ok(async move { Ok(answer) }.boxed_local())
    }
}

impl Gather for LookupResolver<'_, '_, '_> {
    async fn gather(&mut self, lookups: &[Lookup]) -> Result<Vec<Box<RawValue>>> {
        let mut pending = Vec::with_capacity(lookups.len());
        for lookup in lookups {
            pending.push(self.prepare(lookup).await?);
        }
        self.profiles.clear();
        try_join_all(pending).await
    }
}

/// The devices of the user that the session's ARN names. The root user has no name.
async fn mfa_devices(session: &Session) -> Result<Vec<MfaDevice>> {
    let identity = session.identity.clone().await?;
    let resource = identity.arn.splitn(6, ':').nth(5).unwrap_or_default();
    let user = match resource.split_once('/') {
        Some(("user", path)) => Some(path.rsplit('/').next().unwrap_or(path).to_owned()),
        _ if resource == "root" => None,
        _ => {
            return Err(Error::new(
                Kind::CredentialsRejected,
                format!("the access keys belong to {}, which is no IAM user and has no MFA device", identity.arn),
            )
            .hint("use the access keys of an IAM user, or leave out `--fetch-mfa-device`"));
        }
    };
    session.connection.mfa_devices(user).await
}

fn input<T: DeserializeOwned>(lookup: &Lookup) -> Result<T> {
    serde_json::from_value(lookup.input.clone()).map_err(|error| {
        Error::new(Kind::ProtocolViolation, format!("asks for {} in an unknown form", lookup.name)).cause(error)
    })
}

fn json<T: Serialize + ?Sized>(answer: &T) -> Result<Box<RawValue>> {
    to_raw_value(answer).map_err(|error| Error::new(Kind::Internal, "a fact can't be written as JSON").cause(error))
}

#[cfg(test)]
mod tests;
