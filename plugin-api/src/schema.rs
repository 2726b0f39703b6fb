//! The JSON schema of the documents that cross the boundary, generated from [`crate::model`].
//!
//! A copy is committed in `plugin-api/schema/`, for authors in other languages and for reviews. A test compares
//! the two.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::model::{Changes, Manifest, Plan, Request, Response};
use crate::sdk::lookup;

/// Every schema with its file name.
pub fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("manifest.json", of::<Manifest>("The result of `manifest()`")),
        ("request.json", of::<Request>("The input of `step()`")),
        ("response-type.json", of::<Response<Plan>>("The result of `step()` for a credential type")),
        ("response-output.json", of::<Response<Changes>>("The result of `step()` for an output target")),
        ("lookups.json", lookups()),
    ]
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}

fn of<T: JsonSchema>(title: &str) -> Value {
    let mut schema = generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// The input and the answer of each lookup, as `properties` by its name.
fn lookups() -> Value {
    let mut generator = generator();
    let properties: Map<String, Value> = lookup::schemas(&mut generator)
        .into_iter()
        .map(|(name, input, answer)| {
            (name.to_owned(), json!({ "type": "object", "properties": { "input": input, "answer": answer } }))
        })
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The input and the answer of each lookup",
        "type": "object",
        "properties": properties,
        "$defs": generator.take_definitions(true),
    })
}
