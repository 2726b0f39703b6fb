//! Tests of finding secret values inside strings, and of its time.

use super::*;

fn concealed(text: &str) -> String {
    let mut concealed = String::new();
    let mut done = 0;
    for value in secret_values(text) {
        concealed.push_str(&text[done..value.start]);
        concealed.push('§');
        done = value.end;
    }
    concealed + &text[done..]
}

#[test]
fn secret_in_a_string_ends_with_the_string() {
    for (text, expected) in [
        ("webhook = \"https://x/?token=abc\"\na = 1\n", "webhook = \"https://x/?token=§\"\na = 1\n"),
        ("a = \"arn:aws:sm:::secret:my-secret\" # why\n", "a = \"arn:aws:sm:::secret:§\" # why\n"),
        ("a = [\"--token=abc\"]\nb = 1", "a = [\"--token=§\"]\nb = 1"),
        ("a = [\"--token=abc\", \"x\", \"secret: y\"]", "a = [\"--token=§\", \"x\", \"secret: §\"]"),
        ("args: ['--token=it''s', x]\n", "args: ['--token=§', x]\n"),
        ("- \"--token=a \\\" b\"\n", "- \"--token=§\"\n"),
        ("path: 'x:token:C:\\'\nb: 'c'\n", "path: 'x:token:§'\nb: 'c'\n"),
        ("{url: \"https://x?token=abc\", b: 1}", "{url: \"https://x?token=§\", b: 1}"),
        ("a: \"x\n  token=abc\n  d\"\nb: 1", "a: \"x\n  token=§\"\nb: 1"),
        ("a = \"${join(\"\", [\"token=abc\"])}\"\n", "a = \"${join(\"\", [\"token=§\"])}\"\n"),
        ("a = \"{\\\"token\\\": \\\"abc\\\"}\"\nb = 1\n", "a = \"{\\\"token\\\": §\"\nb = 1\n"),
        ("export URL='https://x/?token=abc'\nA=1\n", "export URL='https://x/?token=§'\nA=1\n"),
        ("a = { url = \"x?token=abc\", b = 1 }\n", "a = { url = \"x?token=§\", b = 1 }\n"),
        ("a: it's token=abc\nb: 'x'\n", "a: it's token=§\nb: 'x'\n"),
    ] {
        assert_eq!(concealed(text), expected);
    }
}

#[test]
fn secret_ends_with_the_brackets_or_the_block_around_it() {
    for (text, expected) in [
        ("args: [--token=abc, --x]\n", "args: [--token=§, --x]\n"),
        ("args: [\n  --token=abc,\n  --x\n]\n", "args: [\n  --token=§,\n  --x\n]\n"),
        ("a: {password: my long one, b: 1}\n", "a: {password: §, b: 1}\n"),
        ("/* token = abc */\na = 1\n", "/* token = § */\na = 1\n"),
        ("a = <<E\ntoken = [\nE\nb = [1]\n", "a = <<E\ntoken = §\nE\nb = [1]\n"),
        ("a: |\n  password = \"x\n\nb: \"y\"\n", "a: |\n  password = §\n\nb: \"y\"\n"),
        ("tokens = [for x in [\"a\"] : x]\n", "tokens = [for x in [\"§\"] : x]\n"),
        ("secret: &a abc\nb: *a\n", "secret: &a §\nb: *a\n"),
        ("secrets: &a\n  b: c\n", "secrets: &a\n  b: c\n"),
        ("secrets: # why\n  b: c\n", "secrets: # why\n  b: c\n"),
        ("tokens: {a,\n  b}\n", "tokens: {a,\n  b}\n"),
    ] {
        assert_eq!(concealed(text), expected);
    }
}

/// About 500 kB of each form that was slow. The bound is far above what linear work takes, and far below anything
/// else.
#[test]
fn large_texts_of_secrets_take_linear_time() {
    let started = std::time::Instant::now();
    for part in [
        "password = abc\n",
        "password = <<EOF\n",
        "password: |\n",
        "password: \"\n",
        "password: '\\''\n",
        "tokens = [\n",
        "tokens = {\n",
        "token=\"${a\",",
        "\"token\": \"a\", ",
        "{token: a, ",
        "a: |\n",
        "/* token=",
        "TOKEN<<A\n",
        "token: &a\n",
        "tokens:\n\n",
    ] {
        for text in [part.repeat(500_000 / part.len()), format!("x = 1\n{}\n", part.repeat(500_000 / part.len()))] {
            secret_values(&text);
        }
    }
    let numbered: String = (0..60_000).map(|number| format!("password = <<E{number}\n")).collect();
    secret_values(&numbered);
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}
