//! Fixtures in place of a host: a project, its files, an organization, and the user's answers.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

use leverage_plugin_api::model::{
    Account, AccountState, Accounts, AnswerKind, Credentials, Identity, KeyPair, Lookup, MfaDevice, Options,
    Organization, OrganizationalUnit, OrganizationalUnits, Plan, PlannedAccount, PlannedKeys, PlannedProfile,
    PlannedSsoSession, ProfileSettings, Project, ProjectAccount, Root, SecretRef, TextFormat,
};
use leverage_plugin_api::sdk::Query;
use leverage_plugin_api::sdk::lookup::{
    AccessKeys, Ask, CallerIdentity, DescribeOrganization, GetProfile, ListAccounts, ListMfaDevices,
    ListOrganizationalUnits, ReadFile,
};

/// The access key id that AWS's own documentation uses.
pub(super) const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
/// The id of the keys for the profile of SECURITY.
const SECURITY_KEY_ID: &str = "AKIAIOSFODNN7SECURTY";
const SECRET_ID: &str = "5ec7e75ec7e75ec7e75ec7e75ec7e700";
const OTHER_SECRET_ID: &str = "5ec7e75ec7e75ec7e75ec7e75ec7e701";

/// The facts and answers of the host. Change what your plugin needs.
///
/// The defaults are the project `ex` with three accounts, an organization of four, access keys, and the files of such a
/// project. `leverage plugin verify --fixtures FILE` reads them as JSON; missing fields have the defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Fixtures {
    /// The project.
    pub project: Project,
    /// The options. The checks also try others.
    pub options: Options,
    /// The plan for output targets. The checks also try smaller ones.
    pub plan: Plan,
    /// The texts of files, by root and path.
    pub files: BTreeMap<Root, BTreeMap<String, String>>,
    /// Answers to questions, by id. Without one, the first choice, the default text or a word is used.
    pub answers: BTreeMap<String, String>,
    /// The settings of existing profiles. The checks also try the access key profile with keys.
    pub profiles: BTreeMap<String, BTreeMap<String, String>>,
    /// The identity of the access keys. While it is in the management account, the keys for the profile of the type SECURITY
    /// are of the account `security` all the same, because that type accepts no others.
    pub identity: Identity,
    /// The organization.
    pub organization: Organization,
    /// Its accounts.
    pub accounts: Accounts,
    /// Its organizational units.
    pub organizational_units: OrganizationalUnits,
    /// The serials of the user's MFA devices.
    pub mfa_devices: Vec<String>,
}

impl Default for Fixtures {
    fn default() -> Self {
        let accounts = vec![
            ("management".to_owned(), "000000000011".to_owned()),
            ("security".to_owned(), "000000000012".to_owned()),
            ("shared".to_owned(), "000000000013".to_owned()),
        ];
        let mut fixtures = Self::of(&accounts);
        if let Accounts::Found { accounts, .. } = &mut fixtures.accounts {
            let mut odd = Account::new("000000000019", "example-odd");
            odd.state = AccountState::Other("A_STATE_OF_TOMORROW".to_owned());
            accounts.push(odd);
        }
        fixtures
    }
}

impl Fixtures {
    /// The default fixtures.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file with this text.
    #[must_use]
    pub fn file(mut self, root: Root, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.files.entry(root).or_default().insert(path.into(), text.into());
        self
    }

    /// Removes a file.
    #[must_use]
    pub fn without_file(mut self, root: Root, path: &str) -> Self {
        self.files.entry(root).or_default().remove(path);
        self
    }

    /// Sets the answer to the question `id`.
    #[must_use]
    pub fn answer(mut self, id: impl Into<String>, value: impl Into<String>) -> Self {
        self.answers.insert(id.into(), value.into());
        self
    }

    /// Adds an existing profile.
    #[must_use]
    pub fn profile<const N: usize>(mut self, name: impl Into<String>, settings: [(&str, &str); N]) -> Self {
        let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        self.profiles.insert(name.into(), settings);
        self
    }

    /// Adds an existing profile with access keys.
    #[must_use]
    pub fn profile_with_keys(self, name: impl Into<String>) -> Self {
        let secret = SecretRef::from_id(OTHER_SECRET_ID).in_text(TextFormat::Verbatim);
        self.profile(name, [("aws_access_key_id", KEY_ID), ("aws_secret_access_key", &secret)])
    }

    /// These fixtures with `number` more accounts.
    pub(super) fn with_accounts(&self, number: usize) -> Self {
        let accounts: Vec<_> =
            (1..=number).map(|number| (format!("account-{number}"), format!("1{number:011}"))).collect();
        let more = Self::of(&accounts);
        let mut large = self.clone();
        large.project.accounts.extend(more.project.accounts);
        large.plan.accounts.extend(more.plan.accounts);
        large.plan.profiles.extend(more.plan.profiles);
        if let (Accounts::Found { accounts, .. }, Accounts::Found { accounts: more, .. }) =
            (&mut large.accounts, more.accounts)
        {
            accounts.extend(more);
        }
        large
    }

    /// A project and an organization of these accounts, by name and id.
    fn of(named: &[(String, String)]) -> Self {
        let mut project = Project::new("ex", "us-east-1");
        project.long_name = Some("example".to_owned());
        project.project_file = Some("project.yaml".to_owned());
        project.terraform_variables = Some("config/common.tfvars".to_owned());
        project.aws_folder = Some("/home/alex/.aws/ex".to_owned());
        project.accounts = named.iter().map(|(name, id)| project_account(name, id)).collect();
        let management_id = named.first().map(|(_, id)| id.as_str()).unwrap_or_default();
        let accounts = named.iter().map(|(name, id)| Account::new(id, format!("example-{name}"))).collect();
        Self {
            project,
            options: Options::default(),
            plan: plan(named),
            files: files(),
            answers: BTreeMap::new(),
            profiles: BTreeMap::new(),
            identity: Identity::new(management_id, format!("arn:aws:iam::{management_id}:user/people/alex")),
            organization: Organization::found("o-exampleorg1", management_id),
            accounts: Accounts::found(accounts),
            organizational_units: organizational_units(named),
            mfa_devices: vec![format!("arn:aws:iam::{management_id}:mfa/alex")],
        }
    }

    /// The answer to a lookup.
    pub(super) fn gather(&self, lookup: &Lookup) -> Result<Value, String> {
        match lookup.name.as_str() {
            AccessKeys::NAME => {
                let id = if is_of_security(&input::<AccessKeys>(lookup)?.profile) { SECURITY_KEY_ID } else { KEY_ID };
                json(&KeyPair::new(id, SecretRef::from_id(SECRET_ID)))
            }
            CallerIdentity::NAME => json(&self.identity_of(&input::<CallerIdentity>(lookup)?.with)),
            DescribeOrganization::NAME => input::<DescribeOrganization>(lookup).and_then(|_| json(&self.organization)),
            ListAccounts::NAME => input::<ListAccounts>(lookup).and_then(|_| json(&self.accounts)),
            ListOrganizationalUnits::NAME => {
                input::<ListOrganizationalUnits>(lookup).and_then(|_| json(&self.organizational_units))
            }
            ListMfaDevices::NAME => {
                input::<ListMfaDevices>(lookup)?;
                json(&self.mfa_devices.iter().map(MfaDevice::new).collect::<Vec<_>>())
            }
            GetProfile::NAME => {
                let name = input::<GetProfile>(lookup)?.name;
                json(&self.profiles.get(&name).cloned().map(ProfileSettings::new))
            }
            ReadFile::NAME => {
                let ReadFile { root, path } = input(lookup)?;
                json(&self.files.get(&root).and_then(|files| files.get(&path)))
            }
            Ask::NAME => self.ask(lookup),
            unknown => Err(format!("requests {unknown:?}, which no host of this version knows")),
        }
    }

    fn identity_of(&self, credentials: &Credentials) -> Identity {
        let is_of_security = match credentials {
            Credentials::Keys(pair) => pair.access_key_id == SECURITY_KEY_ID,
            Credentials::Profile(name) => is_of_security(name),
            _ => false,
        };
        let is_replaced = self.organization != Organization::found("o-exampleorg1", &self.identity.account);
        let account = self.project.accounts.iter().find(|account| account.name == "security");
        match account.and_then(|account| account.id.as_deref()) {
            Some(id) if is_of_security && !is_replaced => {
                Identity::new(id, format!("arn:aws:iam::{id}:user/people/alex"))
            }
            _ => self.identity.clone(),
        }
    }

    fn ask(&self, lookup: &Lookup) -> Result<Value, String> {
        // A question for a secret has no default and no `instead`.
        if lookup.input.get("kind") == Some(&json!("secret")) {
            return json(&SecretRef::from_id(OTHER_SECRET_ID));
        }
        let ask: Ask = input(lookup)?;
        let given = self.answers.get(&ask.id);
        match &ask.kind {
            AnswerKind::Select(choices) => {
                let known = |answer: &&String| choices.iter().any(|choice| choice.value == **answer);
                let chosen = given.filter(known).or_else(|| choices.first().map(|choice| &choice.value));
                chosen.map(|answer| json!(answer)).ok_or_else(|| format!("offers no choices for {:?}", ask.id))
            }
            _ => Ok(json!(given.cloned().or(ask.default).unwrap_or_else(|| plausible(&ask.id)))),
        }
    }
}

/// A plausible answer to a question with this id.
fn plausible(id: &str) -> String {
    let answers = [("url", "https://example.awsapps.com/start"), ("region", "us-east-1"), ("email", "aws@example.com")];
    let answer = answers.into_iter().find(|(word, _)| id.contains(word)).map_or("example", |(_, answer)| answer);
    answer.to_owned()
}

/// The first account in the root, the others in a nested unit.
fn organizational_units(named: &[(String, String)]) -> OrganizationalUnits {
    let mut ids: Vec<String> = named.iter().map(|(_, id)| id.clone()).collect();
    let others = ids.split_off(ids.len().min(1));
    OrganizationalUnits::found(vec![
        OrganizationalUnit::new("Root", "r-ex01", ids),
        OrganizationalUnit::new("Workloads", "ou-ex01-00000001", Vec::new()),
        OrganizationalUnit::new("Workloads/Prod", "ou-ex01-00000002", others),
    ])
}

fn project_account(name: &str, id: &str) -> ProjectAccount {
    let mut account = ProjectAccount::new(name);
    account.id = Some(id.to_owned());
    account.email = Some(format!("aws+{name}@example.com"));
    account
}

/// A plan with every kind of item.
fn plan(accounts: &[(String, String)]) -> Plan {
    let mut plan = Plan::new();
    plan.keys = Some(PlannedKeys::new("ex-security", KeyPair::new(KEY_ID, SecretRef::from_id(SECRET_ID))));
    plan.record_in_project_file = true;
    plan.sso_sessions.push(PlannedSsoSession::new("ex").set("sso_region", "us-east-1"));
    for (name, id) in accounts {
        let mut account = PlannedAccount::new(name, id);
        account.email = Some(format!("aws+{name}@example.com"));
        plan.accounts.push(account);
        let profile = PlannedProfile::new(format!("ex-{name}-devops"))
            .reaches(id)
            .set("output", "json")
            .set("region", "us-east-1")
            .set("role_arn", format!("arn:aws:iam::{id}:role/DevOps"))
            .set("source_profile", "ex-security");
        plan.profiles.push(profile);
    }
    plan
}

/// The files of such a project, with the user's own comments and settings.
fn files() -> BTreeMap<Root, BTreeMap<String, String>> {
    let secret = SecretRef::from_id(OTHER_SECRET_ID).in_text(TextFormat::Verbatim);
    let config = "# Mine\n[profile own]\nregion = eu-west-1\ns3 =\n  max_queue_size = 10\n";
    let credentials = format!("[own]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {secret}\n");
    let variables = "# Project (short name)\nproject = \"ex\"\n\nsecurity_account_id = \"XXXXXXXXXXXX\"\n\n# Accounts\n\
                     accounts = {\n  security = {\n    email = \"aws+security@example.com\"\n  }\n}\n\n# AWS SSO\n\
                     sso_region = \"us-east-1\"\nsso_start_url = \"https://example.awsapps.com/start\"\n";
    let project = "project_name: example\nshort_name: ex # Two to four letters\n\norganization:\n  accounts:\n  - name: \
                   management\n    email: aws+management@example.com\n";
    let texts = |files: [(&str, String); 2]| files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
    BTreeMap::from([
        (Root::Aws, texts([("config", config.to_owned()), ("credentials", credentials)])),
        (Root::Project, texts([("config/common.tfvars", variables.to_owned()), ("project.yaml", project.to_owned())])),
    ])
}

fn is_of_security(profile: &str) -> bool {
    profile.ends_with("-security")
}

fn input<T: DeserializeOwned>(lookup: &Lookup) -> Result<T, String> {
    serde_json::from_value(lookup.input.clone())
        .map_err(|error| format!("requests {} with an invalid input: {error}", lookup.name))
}

pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| format!("failed to write a fixture as JSON: {error}"))
}
