//! The kit accepts correct plugins, and names the rule that a faulty plugin breaks.

use super::*;
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::Query;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A plugin of one type that does this once it has the project's variables.
macro_rules! one_type {
    ($name:ident, |$request:ident, $plan:ident| $body:expr) => {
        one_type!($name, &["file/1"], |$request, $plan| $body);
    };
    ($name:ident, $lookups:expr, |$request:ident, $plan:ident| $body:expr) => {
        mod $name {
            use super::*;
            struct One;
            impl CredentialType for One {
                fn info(&self) -> TypeInfo {
                    TypeInfo::new("ONE", "A type")
                }
                #[allow(unused_variables, unused_mut, unreachable_code, reason = "not every body needs all of it")]
                fn plan(&self, $request: &Request, facts: &Facts) -> Step<Plan> {
                    facts.get(lookup::ReadFile { root: Root::Project, path: "config/common.tfvars".to_owned() })?;
                    let mut $plan = Plan::new();
                    $body;
                    Ok($plan)
                }
            }
            define_plugin! { pub PLUGIN = "one", types: [One], lookups: $lookups }
        }
    };
}

/// A plugin of one output that writes this file.
macro_rules! one_output {
    ($name:ident, |$before:ident| $path:expr, $text:expr) => {
        mod $name {
            use super::*;
            struct One;
            impl OutputTarget for One {
                fn info(&self) -> OutputInfo {
                    OutputInfo::new("one", "An output")
                }
                fn render(&self, _request: &Request, _plan: &Plan, facts: &Facts) -> Step<Changes> {
                    let $before = facts.get(lookup::ReadFile { root: Root::Project, path: "one".to_owned() })?;
                    let mut changes = Changes::none();
                    changes.write(Root::Project, $path, $before.as_deref(), $text);
                    Ok(changes)
                }
            }
            define_plugin! { pub PLUGIN = "one", outputs: [One], lookups: &["file/1"] }
        }
    };
}

/// The names of the checks that are not passed, and what they say.
fn broken(subject: &dyn Subject) -> Vec<(String, String)> {
    let broken = |check: Check| match check.outcome {
        Outcome::Failed(how) => Some((check.name, how)),
        _ => None,
    };
    Kit::new(subject).run(|_| {}).checks.into_iter().filter_map(broken).collect()
}

#[track_caller]
fn breaks(subject: &dyn Subject, name: &str, part: &str) {
    let broken = broken(subject);
    assert!(broken.iter().any(|(check, how)| check == name && how.contains(part)), "no {part:?} among {broken:?}");
}

static CALLS: AtomicUsize = AtomicUsize::new(0);

one_type!(sound_type, |request, plan| plan.note("well"));
one_type!(panicking, |request, plan| panic!("oh"));
one_type!(undeclared, &[], |request, plan| plan.note("well"));
one_type!(counting, |request, plan| plan.note(CALLS.fetch_add(1, Ordering::Relaxed).to_string()));
one_type!(leaking, |request, plan| plan.note(format!("AK{}", "IA7QZ3MPLE0LITERA4")));
one_type!(colourful, |request, plan| plan.warn("\u{1b}[31mred"));
one_type!(unwritable, |request, plan| plan.profiles.push(PlannedProfile::new("a]\n[b")));
one_type!(numberless, |request, plan| plan.accounts.push(PlannedAccount::new("a", "12")));
one_type!(forging, |request, plan| plan.note(SecretRef::from_id("f".repeat(32)).in_text(TextFormat::Ini)));
one_type!(stopping, |request, plan| return Err(Pause::failed("not today")));
one_output!(sound_output, |before| "one", "text\n".to_owned());
one_output!(escaping, |before| "../one", "text\n".to_owned());
one_output!(absolute, |before| "/one", "text\n".to_owned());
one_output!(growing, |before| "one", before.clone().unwrap_or_default() + "more\n");

#[test]
fn valid_plugin_passes() {
    check(&sound_type::PLUGIN);
    check(&sound_output::PLUGIN);
    let report = Kit::new(&sound_output::PLUGIN).run(|_| {});
    let writable = report.checks.iter().find(|check| check.name == "writable").unwrap();
    assert!(matches!(writable.outcome, Outcome::DoesNotApply(_)));
}

#[test]
fn each_broken_rule_is_reported() {
    breaks(&panicking::PLUGIN, "result", "panics: oh (");
    breaks(&undeclared::PLUGIN, "lookups", "requests file/1, which the manifest does not declare");
    breaks(&counting::PLUGIN, "deterministic", "another answer");
    breaks(&leaking::PLUGIN, "secrets", "something like a secret in its result: AKIA7QZ3…");
    breaks(&colourful::PLUGIN, "plain-text", "\\u{1b}[31mred");
    breaks(&unwritable::PLUGIN, "writable", "cannot have a profile named");
    breaks(&numberless::PLUGIN, "writable", "does not have 12 digits");
    breaks(&forging::PLUGIN, "secrets", "a secret that it did not get");
    breaks(&stopping::PLUGIN, "result", "fails with \"not today\"");
    breaks(&escaping::PLUGIN, "paths", "leads out of its root");
    breaks(&absolute::PLUGIN, "paths", "leads out of its root");
    breaks(&growing::PLUGIN, "idempotent", "changes one again");
}

/// Changes the manifest document.
type OnManifest = fn(Vec<u8>) -> Vec<u8>;
/// Changes a response document; sees the request too.
type OnStep = fn(&[u8], Vec<u8>) -> Vec<u8>;

/// A sound plugin, of which one document is changed on its way.
struct Tampered {
    manifest: OnManifest,
    step: OnStep,
}

impl Default for Tampered {
    fn default() -> Self {
        Self { manifest: |document| document, step: |_, document| document }
    }
}

impl Subject for Tampered {
    fn manifest(&self) -> Result<Vec<u8>, String> {
        sound_type::PLUGIN.manifest().map(self.manifest)
    }

    fn step(&self, contribution: &[u8], document: &[u8]) -> Result<Vec<u8>, String> {
        Ok((self.step)(document, sound_type::PLUGIN.step(contribution, document)?))
    }
}

fn replaced(document: Vec<u8>, before: &str, after: &str) -> Vec<u8> {
    String::from_utf8(document).unwrap().replace(before, after).into_bytes()
}

#[test]
fn malformed_manifest_fails_the_check() {
    let cases: [(OnManifest, &str); 7] = [
        (|_| b"garbage".to_vec(), "not JSON"),
        (|_| b"{}".to_vec(), "invalid manifest"),
        (|document| replaced(document, "\"one\"", "\"../one\""), "the id \"../one\""),
        (|document| replaced(document, "\"ONE\"", "\"one\""), "the type \"one\""),
        (|document| replaced(document, "A type", "A\\u001b[31m type"), "control characters"),
        (|document| replaced(document, "file/1", "file"), "the lookup \"file\""),
        (|document| replaced(document, "\"types\":[", "\"x\":["), "neither"),
    ];
    for (manifest, part) in cases {
        let report = Kit::new(&Tampered { manifest, ..Tampered::default() }).run(|_| {});
        assert!(matches!(&report.checks[0].outcome, Outcome::Failed(how) if how.contains(part)), "{part}: {report}");
        assert!(report.checks[1..].iter().all(|check| matches!(check.outcome, Outcome::NotRun(_))), "{report}");
    }
}

#[test]
fn protocol_violations_fail_the_checks() {
    let cases: [(OnStep, &str, &str); 6] = [
        (|_, _| b"\xff".to_vec(), "result", "invalid document"),
        (|_, _| br#"{"need":[]}"#.to_vec(), "result", "only facts that it already has"),
        (|_, _| br#"{"need":[{"name":"disk/1"}]}"#.to_vec(), "result", "\"disk/1\", which no host"),
        (|_, _| br#"{"need":[{"name":"file/1","input":{"root":"/"}}]}"#.to_vec(), "result", "with an invalid input"),
        (|_, _| br#"{"done":{"profiles":7}}"#.to_vec(), "result", "an invalid result"),
        (|_, document| replaced(document, "well", "\u{200b}\u{202e}"), "plain-text", "\\u{202e}"),
    ];
    for (step, name, part) in cases {
        breaks(&Tampered { step, ..Tampered::default() }, name, part);
    }
}

#[test]
fn unknown_fields_and_garbage_must_be_handled() {
    let strict: OnStep = |request, document| {
        let refused = br#"{"failed":{"message":"unknown field"}}"#.to_vec();
        if String::from_utf8_lossy(request).contains("a_field_of_tomorrow") { refused } else { document }
    };
    breaks(&Tampered { step: strict, ..Tampered::default() }, "unknown-fields", "fails with \"unknown field\"");

    let careless: OnStep = |request, document| if request.is_empty() { br#"{"done":{}}"#.to_vec() } else { document };
    breaks(&Tampered { step: careless, ..Tampered::default() }, "garbage", "no error when it gets an empty document");
}

/// A plugin of one output that has a command run.
macro_rules! one_command {
    ($name:ident, $lookups:expr, |$plan:ident| $argument:expr) => {
        mod $name {
            use super::*;
            struct One;
            impl OutputTarget for One {
                fn info(&self) -> OutputInfo {
                    OutputInfo::new("one", "An output")
                }
                fn render(&self, _request: &Request, $plan: &Plan, _facts: &Facts) -> Step<Changes> {
                    let mut changes = Changes::none();
                    changes.commands.push(PlannedCommand::new("x").argument($argument));
                    Ok(changes)
                }
            }
            define_plugin! { pub PLUGIN = "one", outputs: [One], lookups: $lookups }
        }
    };
}

one_command!(sound_command, &[lookup::RUN], |_plan| "y");
one_command!(unpermitted, &[], |_plan| "y");
one_command!(telling, &[lookup::RUN], |plan| {
    plan.keys.as_ref().map(|keys| keys.pair.secret_access_key.in_text(TextFormat::Ini)).unwrap_or_default()
});

#[test]
fn command_without_permission_or_with_a_secret_argument_breaks_a_rule() {
    check(&sound_command::PLUGIN);
    breaks(&unpermitted::PLUGIN, "lookups", "the manifest does not declare run/1");
    breaks(&telling::PLUGIN, "lookups", "has a secret in the arguments of a command");
}

#[test]
fn slow_plugin_exceeds_a_custom_time_limit() {
    let report = Kit::new(&sound_type::PLUGIN).limit(Duration::ZERO).run(|_| {});
    let last = report.checks.last().unwrap();
    assert!(matches!(&last.outcome, Outcome::Failed(how) if how.contains("limit")), "{last}");
    assert!(!report.passed());
}

#[test]
fn fixtures_from_json_use_defaults_for_missing_fields() {
    let fixtures: Fixtures = serde_json::from_str(r#"{"answers":{"a":"b"},"files":{"project":{"x":"y"}}}"#).unwrap();
    assert_eq!(fixtures.answers["a"], "b");
    assert_eq!(fixtures.project, Fixtures::new().project);
    assert!(serde_json::from_str::<Fixtures>(r#"{"answer":{}}"#).is_err());
}

#[test]
fn secrets_and_choices_are_answered() {
    let fixtures = Fixtures::new().answer("which", "two");
    let secret = serde_json::to_value(lookup::AskSecret::new("pin", "The PIN:")).unwrap();
    let secret = fixtures.gather(&Lookup::new(lookup::AskSecret::NAME, secret)).unwrap();
    assert_eq!(secret.as_str().map(str::len), Some(SecretRef::ID_LENGTH));
    let ask = |id: &str| lookup::Ask {
        id: id.to_owned(),
        message: String::new(),
        kind: AnswerKind::Select(vec![Choice::new("one", "1"), Choice::new("two", "2")]),
        default: None,
        instead: None,
    };
    for (id, answer) in [("which", "two"), ("other", "one")] {
        let input = serde_json::to_value(ask(id)).unwrap();
        assert_eq!(fixtures.gather(&Lookup::new("answer/1", input)).unwrap(), answer);
    }
}
