//! Tests of answers that are given in advance.

use super::*;
use crate::options::ConfigureOptions;
use jiff::Timestamp;
use leverage_aws::{RequestLimits, Sdk};
use leverage_core::answers::Answer;
use leverage_files::Disk;
use leverage_loader::Registry;
use leverage_plugin_api::sdk::lookup::AskSecret;

/// Answers a question for a PIN, and returns the vault with it.
fn pin(options: &ConfigureOptions, variable: Option<&str>) -> (Result<String>, Vault) {
    let registry = Registry::new(Vec::new()).unwrap();
    let aws = Sdk::new(None, RequestLimits::default());
    let environment = |name: &str| variable.filter(|_| name == "LEVERAGE_ANSWER_PIN").map(str::to_owned);
    let effects =
        Effects::new(&registry, &aws, &Disk, "/nowhere", "/nowhere", Timestamp::UNIX_EPOCH).environment(&environment);
    let vault = Vault::default();
    let ask = serde_json::from_value(serde_json::to_value(AskSecret::new("pin", "The PIN:")).unwrap()).unwrap();
    let answer = answer(&ask, &options.answers, &effects, &vault);
    (answer, vault)
}

#[test]
fn as_fragment_keeps_names_and_question_marks() {
    assert_eq!(as_fragment("Profile `ex` already has access keys."), "profile `ex` already has access keys");
    assert_eq!(as_fragment("Which MFA device?"), "which MFA device?");
    assert_eq!(as_fragment("MFA device:"), "MFA device");
}

#[test]
fn answer_takes_secrets_from_variables_only() {
    let (answer, vault) = pin(&ConfigureOptions::default(), Some("s3cret"));
    let reference = leverage_plugin_api::model::SecretRef::from_id(answer.unwrap());
    assert_eq!(vault.secret(&reference).map(|secret| secret.to_string()), Some("s3cret".to_owned()));

    let options = ConfigureOptions {
        answers: [Answer::new("pin", "s3cret")].into_iter().collect(),
        ..ConfigureOptions::default()
    };
    for variable in [None, Some("other")] {
        let error = pin(&options, variable).0.unwrap_err();
        assert_eq!(error.kind, Kind::Usage);
        let shown = format!("{error} {error:?} {options:?}");
        assert!(shown.contains("LEVERAGE_ANSWER_PIN") && !shown.contains("s3cret"), "{shown}");
    }
    assert_eq!(pin(&ConfigureOptions::default(), None).0.unwrap_err().kind, Kind::AnswerNeeded);
}
