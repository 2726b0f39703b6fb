//! What plugins out there rely on: the layout of the root module and the form of the documents. Both are
//! committed as text, and these tests compare.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test reads the files that it compares")]

use leverage_plugin_api::abi::abi_stable::StableAbi;
use leverage_plugin_api::abi::abi_stable::type_layout::{TLData, TLField, TypeLayout};
use leverage_plugin_api::abi::{API_MAJOR, Handshake, PluginModRef};
use leverage_plugin_api::schema;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const UPDATE: &str = "LEVERAGE_UPDATE_SNAPSHOTS=1 cargo test -p leverage-plugin-api --test stability";

fn committed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Compares with the committed text, or writes it if that is asked for.
fn compare(name: &str, now: &str, what_to_do: &str) {
    let path = committed(name);
    if std::env::var_os("LEVERAGE_UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, now).unwrap();
        return;
    }
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let first = before.lines().zip(now.lines()).position(|(before, now)| before != now);
    let line = first.unwrap_or_else(|| before.lines().count().min(now.lines().count())) + 1;
    assert!(
        before == now,
        "plugin-api/{name} no longer matches the code; the first difference is in line {line}:\n  \
         committed: {:?}\n  now:       {:?}\n{what_to_do}",
        before.lines().nth(line - 1),
        now.lines().nth(line - 1),
    );
}

#[test]
fn root_module_matches_the_committed_layout() {
    let mut text = String::new();
    let mut seen = BTreeSet::new();
    describe(<PluginModRef as StableAbi>::LAYOUT, &mut text, &mut seen);
    writeln!(
        text,
        "handshake: {} bytes, magic at {}, size at {}, api_major at {}, api_minor at {}",
        size_of::<Handshake>(),
        std::mem::offset_of!(Handshake, magic),
        std::mem::offset_of!(Handshake, size),
        std::mem::offset_of!(Handshake, api_major),
        std::mem::offset_of!(Handshake, api_minor),
    )
    .unwrap();
    compare(
        "schema/root-module.txt",
        &text,
        &format!(
            "The boundary of version {API_MAJOR} is frozen: every plugin that was built so far would be refused. Undo \
             the change of `abi.rs` or of the pinned abi_stable, or put the new boundary in a `v{}` module beside this \
             one, as docs/VERSIONING.md says. A field that is only appended after `step` is allowed; then run\n  {UPDATE}",
            API_MAJOR + 1
        ),
    );
}

/// Describes a type and all that it is made of, each type once.
fn describe(layout: &'static TypeLayout, text: &mut String, seen: &mut BTreeSet<String>) {
    let name = layout.full_type().to_string();
    if !seen.insert(name.clone()) {
        return;
    }
    write!(text, "{name}: {} bytes, aligned to {}", layout.size(), layout.alignment()).unwrap();
    if let TLData::PrefixType(prefix) = layout.data() {
        write!(text, ", {} fields of which {} are the prefix", prefix.fields.len(), prefix.first_suffix_field).unwrap();
    }
    text.push('\n');
    let mut below = Vec::new();
    for field in layout.get_fields().into_iter().flatten().chain(layout.phantom_fields()) {
        describe_field(&field, text, &mut below);
    }
    for layout in below {
        describe(layout, text, seen);
    }
}

fn describe_field(field: &TLField, text: &mut String, below: &mut Vec<&'static TypeLayout>) {
    writeln!(text, "  {}: {}", field.name(), field.layout().full_type()).unwrap();
    below.push(field.layout());
    for function in field.function_range() {
        let types = function.param_type_layouts.iter().chain(function.return_type_layout());
        for layout in types.map(|layout| layout()) {
            writeln!(text, "    {}", layout.full_type()).unwrap();
            below.push(layout);
        }
    }
}

#[test]
fn documents_match_the_committed_schemas() {
    for (name, schema) in schema::all() {
        let mut text = serde_json::to_string_pretty(&schema).unwrap();
        text.push('\n');
        compare(
            &format!("schema/{name}"),
            &text,
            &format!(
                "Plugins in use rely on these documents. Fields may be added if they are optional for the reader of \
                 them, and lookups may be added; nothing may be removed, renamed or made required, as \
                 docs/VERSIONING.md says. If the change is of that kind, raise API_MINOR and run\n  {UPDATE}"
            ),
        );
    }
}

#[test]
fn every_lookup_has_a_schema_and_documentation() {
    let lookups = schema::all().into_iter().find(|(name, _)| *name == "lookups.json").unwrap().1;
    let protocol = std::fs::read_to_string(committed("docs/PROTOCOL.md")).unwrap();
    for name in leverage_plugin_api::sdk::lookup::ALL {
        assert!(lookups["properties"][name]["properties"]["answer"].is_object(), "{name} has no schema");
        assert!(protocol.contains(&format!("### `{name}`")), "docs/PROTOCOL.md does not describe {name}");
    }
}
