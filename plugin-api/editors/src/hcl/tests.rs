//! What is read without `hcl-edit` is read as it would read it.

use proptest::prelude::*;

use super::*;

/// Pieces of a text: most of them literals, some that only `hcl-edit` knows, some that are wrong.
fn piece() -> impl Strategy<Value = &'static str> {
    let pieces = [
        "a",
        "b-1",
        "_c",
        " ",
        " ",
        "\t",
        "\n",
        "\n",
        "\r\n",
        "=",
        "=",
        " = ",
        ":",
        ",",
        ", ",
        "{",
        "}",
        "[",
        "]",
        "{}",
        "[]",
        "1",
        "007",
        "1.5",
        "1e3",
        "-1",
        "true",
        "null",
        "for",
        "fora",
        "in",
        "\"",
        "\"x\"",
        "\"a b\"",
        "\"\\n\\\"\"",
        "\"$x%\"",
        "\"$\"",
        "\"%\"",
        "\"$${a}\"",
        "\"${a}\"",
        "\"ü\"",
        "ü",
        "# } \"\n",
        "// {\n",
        "/* [ */",
        "/*",
        "\\u00e9",
        "(",
        ")",
        ".",
        "?",
        "==",
        "<<A\nA\n",
        "a = {\n",
        "b = [\n",
        "c = \"x\"\n",
        "d = 1\n",
        "}\n",
        "]\n",
        "e = { f = \"g\", h : 2 }\n",
        "\r",
        "\u{feff}",
    ];
    prop::sample::select(pieces.to_vec())
}

/// An object's member, in the layouts that people use.
fn member() -> impl Strategy<Value = &'static str> {
    let members = [
        "= { id = \"1\" }\n",
        "= {\n  id = \"1\" # } ,\n}\n",
        ": [1, 2,\n 3], ",
        "= \"$x\\\"{\" ,",
        "= {}\r\n",
        "= [ { a = null, \"b c\" = true }, ] // ]\n",
        "=\t007\n\n/* } */ ",
    ];
    prop::sample::select(members.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn literals_are_read_as_by_hcl_edit(pieces in prop::collection::vec(piece(), 0..24)) {
        let text: String = pieces.concat();
        if let Some(document) = literals::read(&text) {
            prop_assert_eq!(Ok(document), expressions::read(&text));
        }
    }

    #[test]
    fn common_files_are_read_without_hcl_edit(members in prop::collection::vec(member(), 1..40)) {
        let members: String = members.iter().enumerate().map(|(number, rest)| format!("k{number} {rest}")).collect();
        let text = format!("# x\na = 1 # y\naccounts = {{\n{members}}}\nd = [{{ {members} }}]\n");
        let document = literals::read(&text);
        prop_assert!(document.is_some(), "{text}");
        prop_assert_eq!(document, expressions::read(&text).ok());
    }
}

#[test]
fn duplicates_and_errors_are_left_to_hcl_edit() {
    for text in
        ["a = 1\na = 2\n", "a = { b = 1, \"b\" = 2 }\n", "a = 1 b = 2\n", "a {\n}\n", "a = \"${b}\"\n", "# a\rb\n"]
    {
        assert_eq!(literals::read(text), None, "{text}");
    }
    let error = Document::parse("a = 1\nb = = 2\n").unwrap_err();
    assert_eq!((error.line, error.column), (2, 5));
}
