//! The situations in which a contribution is checked: options, existing profiles and files.

use std::collections::BTreeMap;

use crate::fixtures::Fixtures;
use leverage_plugin_api::model::{AccessKeysMode, Accounts, Manifest, Organization, Plan, Request};

/// A contribution in a situation.
pub(super) struct Scenario {
    /// `type/AUDIT`, `output/dotenv`.
    pub contribution: String,
    /// The situation.
    pub name: &'static str,
    /// Whether the contribution must have a result: in the most common situation.
    pub must_succeed: bool,
    pub fixtures: Fixtures,
    pub request: Request,
}

impl Scenario {
    /// The contribution and the situation.
    pub fn describe(&self) -> String {
        format!("{} ({})", self.contribution, self.name)
    }

    /// Whether the contribution is an output target.
    pub fn is_output(&self) -> bool {
        self.contribution.starts_with("output/")
    }

    fn of_type(contribution: &str, kind: &str, name: &'static str, fixtures: Fixtures) -> Self {
        let mut options = fixtures.options.clone();
        options.credential_type = kind.to_owned();
        let request = Request::new(fixtures.project.clone(), options, None);
        Self { contribution: contribution.to_owned(), name, must_succeed: false, fixtures, request }
    }

    fn of_output(contribution: &str, name: &'static str, fixtures: Fixtures, plan: Plan) -> Self {
        let mut options = fixtures.options.clone();
        options.credential_type = "SECURITY".to_owned();
        let request = Request::new(fixtures.project.clone(), options, Some(plan));
        Self { contribution: contribution.to_owned(), name, must_succeed: false, fixtures, request }
    }
}

/// Every contribution in every situation.
pub(super) fn all(manifest: &Manifest, fixtures: &Fixtures) -> Vec<Scenario> {
    let types = manifest.types.iter().flat_map(|info| of_type(&info.name, fixtures));
    types.chain(manifest.outputs.iter().flat_map(|info| of_output(&info.name, fixtures))).collect()
}

/// Every contribution with unchanged fixtures.
pub(super) fn plain(manifest: &Manifest, fixtures: &Fixtures) -> Vec<Scenario> {
    all(manifest, fixtures).into_iter().filter(|scenario| scenario.must_succeed).collect()
}

fn of_type(kind: &str, fixtures: &Fixtures) -> Vec<Scenario> {
    let contribution = format!("type/{kind}");
    let scenario = |name, fixtures| Scenario::of_type(&contribution, kind, name, fixtures);

    let mut usual = scenario("with the fixtures unchanged", fixtures.clone());
    usual.must_succeed = true;
    let configured = fixtures.clone().profile_with_keys(usual.request.key_profile(kind));

    let mut overwrite = configured.clone();
    overwrite.options.access_keys = AccessKeysMode::Overwrite;
    overwrite.options.fetch_mfa_device = true;
    let mut keep = configured.clone();
    keep.options.access_keys = AccessKeysMode::Skip;
    keep.organization = Organization::NotInUse;
    keep.accounts = Accounts::NotInUse;
    let mut denied = configured.clone();
    denied.organization = Organization::access_denied("User is not authorized to describe it");
    denied.accounts = Accounts::access_denied("User is not authorized to list them");
    let mut keys_only = configured.clone();
    keys_only.options.access_keys = AccessKeysMode::Overwrite;
    keys_only.options.skip_assumable_roles = true;
    vec![
        usual,
        scenario("its profile already has keys", configured),
        scenario("with new keys and an MFA device", overwrite),
        scenario("with existing keys, without an organization", keep),
        scenario("without access to the organization", denied),
        scenario("without role profiles", keys_only),
    ]
}

fn of_output(name: &str, fixtures: &Fixtures) -> Vec<Scenario> {
    let contribution = format!("output/{name}");
    let scenario = |name, fixtures, plan| Scenario::of_output(&contribution, name, fixtures, plan);
    let full = &fixtures.plan;

    let mut usual = scenario("with the fixtures unchanged", fixtures.clone(), full.clone());
    usual.must_succeed = true;
    let no_files = Fixtures { files: BTreeMap::new(), ..fixtures.clone() };
    let mut crlf = fixtures.clone();
    for text in crlf.files.values_mut().flat_map(BTreeMap::values_mut) {
        *text = text.replace("\r\n", "\n").replace('\n', "\r\n").trim_end().to_owned();
    }
    let mut profiles_only = Plan::new();
    profiles_only.profiles.clone_from(&full.profiles);
    vec![
        usual,
        scenario("without existing files", no_files, full.clone()),
        scenario("with CRLF and without a last line ending", crlf, full.clone()),
        scenario("with profiles only", fixtures.clone(), profiles_only),
        scenario("with an empty plan", fixtures.clone(), Plan::new()),
    ]
}
