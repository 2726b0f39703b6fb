//! Where answers and keys may come from.

use super::*;
use jiff::Timestamp;
use leverage_aws::{RequestLimits, Sdk};
use leverage_core::answers::Answer;
use leverage_files::Disk;
use leverage_loader::Registry;
use leverage_plugin_api::sdk::lookup::AskSecret;

/// What is answered to a question for the PIN, and what is then in the vault.
fn pin(options: &ConfigureOptions, variable: Option<&str>) -> (Result<String>, Vault) {
    let registry = Registry::new(Vec::new()).unwrap();
    let aws = Sdk::new(None, RequestLimits::default());
    let environment = |name: &str| variable.filter(|_| name == "LEVERAGE_ANSWER_PIN").map(str::to_owned);
    let effects =
        Effects::new(&registry, &aws, &Disk, "/nowhere", "/nowhere", Timestamp::UNIX_EPOCH).environment(&environment);
    let vault = Vault::default();
    let ask = serde_json::from_value(serde_json::to_value(AskSecret::new("pin", "The PIN:")).unwrap()).unwrap();
    let answer = LookupState::new(options, &effects, &vault, "us-east-1", Vec::new()).answer(&ask);
    (answer, vault)
}

#[test]
fn a_secret_is_taken_from_a_variable_and_never_from_an_argument() {
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

#[test]
fn what_is_too_long_for_keys_is_not_read_to_its_end() {
    let longest = vec![b'x'; MOST_BYTES];
    let read = read_all(longest.as_slice()).unwrap();
    assert_eq!(read.len(), MOST_BYTES);
    let mut endless = std::io::repeat(b'x');
    let error = read_all(&mut endless).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::AccessKeys, "standard input is longer than 65536 bytes"));
}

#[test]
fn the_buffer_for_keys_stays_where_it_is() {
    for length in [0, 1, 20_000, MOST_BYTES] {
        assert_eq!(read_all(vec![b'x'; length].as_slice()).unwrap().capacity(), CAPACITY, "{length}");
    }
}
