//! What the editor does with texts as people write them.

use super::*;

fn set(text: &str, name: &str, value: &str) -> String {
    edit(text, &[Variable::new(name, value)]).unwrap()
}

#[test]
fn only_the_value_changes() {
    for (before, after) in [
        ("A=1\n", "A=2\n"),
        ("A=1", "A=2"),
        ("A=\r\nB=x\r\n", "A=2\r\nB=x\r\n"),
        ("A= # later\n", "A=2 # later\n"),
        ("# A=1\n  export  A = \"1\"   # mine\nB=$A\n", "# A=1\n  export  A = 2   # mine\nB=$A\n"),
        ("B='\nA=1\n'\nA=1\n", "B='\nA=1\n'\nA=2\n"),
        ("A='1\n1'\nB=3\n", "A=2\nB=3\n"),
        ("B=\"it's \\\" A=1\"\nA=\"a\\\"b\"\n", "B=\"it's \\\" A=1\"\nA=2\n"),
    ] {
        assert_eq!(set(before, "A", "2"), after);
        assert_eq!(set(after, "A", "2"), after, "a second time");
    }
}

#[test]
fn value_that_already_reads_the_same_is_unchanged() {
    for text in ["A=2\n", "A='2'\n", "export A=\"2\" # why\n", "A =  2"] {
        assert_eq!(set(text, "A", "2"), text);
    }
}

#[test]
fn new_variables_are_appended() {
    assert_eq!(set("", "A", "x y"), "A='x y'\n");
    assert_eq!(set("# mine\r\nB=1\r\n", "A", "2"), "# mine\r\nB=1\r\nA=2\r\n");
    assert_eq!(set("B=1", "A", "2"), "B=1\nA=2");
    assert_eq!(set("AB=1\nXA=1\n", "A", "2"), "AB=1\nXA=1\nA=2\n");
}

#[test]
fn ambiguous_values_are_errors_with_their_place() {
    for (text, message) in [
        ("A=1\nB=2\nA=3\n", ".env:3:1: `A` is already set above"),
        ("A='1'2\n", ".env:1:1: unexpected text after the quoted value of `A`"),
        ("B=1\nC='x\n", ".env:2:3: unclosed quote"),
    ] {
        let failure = edit(text, &[Variable::new("A", "2")]).unwrap_err().in_file(".env");
        assert!(failure.message.starts_with(message), "{}", failure.message);
    }
}

#[test]
fn token_for_a_value_that_the_file_has_changes_nothing() {
    let variables = [Variable::token("S", "kept".to_owned(), "new")];
    assert_eq!(edit("", &variables).unwrap(), "S='new'\n");
    for text in ["S=kept\n", "S='kept'\n"] {
        assert_eq!(edit(text, &variables).unwrap(), text);
    }
}
