//! Invalid documents and unknown contributions.

use serde_json::{Value, json};

/// The depth of the nested document: too deep for recursion on any stack.
const DEPTH: usize = 100_000;

/// A call that must not crash a plugin.
pub(super) struct Case {
    /// What is wrong with it.
    pub what: String,
    pub contribution: Vec<u8>,
    pub document: Vec<u8>,
    /// Whether the answer must be an error.
    pub must_fail: bool,
}

/// Broken variants of a valid call.
pub(super) fn cases(contribution: &str, request: &Value) -> Vec<Case> {
    let good = request.to_string().into_bytes();
    let case = |what: &str, document: Vec<u8>| Case {
        what: what.to_owned(),
        contribution: contribution.as_bytes().to_vec(),
        document,
        must_fail: true,
    };
    let mut cases = vec![
        case("an empty document", Vec::new()),
        case("a document that is not UTF-8", vec![b'"', 0xff, 0xfe, b'"']),
        case("a document of zeros", vec![0; 1024]),
        case("a document that is nested very deeply", vec![b'['; DEPTH]),
        case("two documents", [good.clone(), good.clone()].concat()),
    ];
    for json in ["null", "true", "0", "\"\"", "[]", "{}", "{\"project\":null}", "{\"project\":{},\"options\":{}}"] {
        cases.push(case(&format!("the document {json}"), json.into()));
    }
    for part in 1..8 {
        cases.push(case("a document that is cut off", good[..good.len() * part / 8].to_vec()));
    }
    for name in [
        "",
        "/",
        "type/",
        "type/NO-SUCH-TYPE",
        "output/no-such-output",
        "../type",
        contribution.trim_end_matches(|c| c != '/'),
    ] {
        let what = format!("a call of the contribution {name:?}");
        cases.push(Case { what, contribution: name.into(), document: good.clone(), must_fail: true });
    }
    let what = "a contribution's name that is not UTF-8".to_owned();
    cases.push(Case { what, contribution: vec![0xff], document: good.clone(), must_fail: true });
    cases.extend(wrong_fields(contribution, request));
    cases.extend(wrong_answers(contribution, request));
    cases
}

/// The request with fields of the wrong type.
fn wrong_fields(contribution: &str, request: &Value) -> Vec<Case> {
    let mut cases = Vec::new();
    for field in ["project", "options", "facts"] {
        for wrong in [json!(null), json!(7), json!("text"), json!([7])] {
            let mut request = request.clone();
            let what = format!("{wrong} as the value of `{field}`");
            request[field] = wrong;
            let document = request.to_string().into_bytes();
            cases.push(Case { what, contribution: contribution.into(), document, must_fail: true });
        }
    }
    cases
}

/// The request with answers of the wrong type. Some lookups do answer null or text.
fn wrong_answers(contribution: &str, request: &Value) -> Vec<Case> {
    let facts = request["facts"].as_array().map_or(0, Vec::len);
    let mut cases = Vec::new();
    for index in 0..facts {
        for wrong in [json!(null), json!(7), json!(""), json!([[]]), json!({ "status": "of-tomorrow" })] {
            let mut request = request.clone();
            let what = format!("the answer {wrong} to {}", request["facts"][index]["lookup"]["name"]);
            request["facts"][index]["answer"] = wrong;
            let document = request.to_string().into_bytes();
            cases.push(Case { what, contribution: contribution.into(), document, must_fail: false });
        }
    }
    cases
}
