//! Large objects are divided to be parsed, and nobody can tell.

use proptest::prelude::*;

use super::*;

/// A member of an object, with what could be taken for a separator, a bracket or the object's end in it.
fn member() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "= { id = \"1\" }\n",
        "= {\n  id = \"1\" # } ,\n}\n",
        ": [1, 2,\n 3], ",
        "= \"${join(\",\", [\"{\"])}$${%%{\" ,",
        "= <<-EOT\n  } , {\n  EOT\n",
        "= { for k, v in { a = 1, b = 2 } : k => v }\n",
        "= (1 /* }, */ + 2), // {\n",
        "= {}\r\n",
    ])
}

proptest! {
    #[test]
    fn a_divided_object_is_read_as_if_it_was_not(members in prop::collection::vec(member(), 1..300)) {
        let members: String = members.iter().enumerate().map(|(number, rest)| format!("k{number} {rest}")).collect();
        let text = format!("a = 1\naccounts = {{\n{members}}}\nb {{\n  c = {{}}\n}}\nd = [{{ {members} }}]\n");
        prop_assert_eq!(Document::parse(&text).unwrap(), Document::parse_whole(&text).unwrap());
    }
}

#[test]
fn what_is_no_hcl_is_an_error_with_its_place() {
    let error = Document::parse("a = 1\nb = = 2\n").unwrap_err();
    assert_eq!((error.line, error.column), (2, 5));
}
