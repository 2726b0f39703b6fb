//! Tests of concealing, revealing and masking.

use super::*;

fn concealed_and_back(text: &str) -> String {
    let vault = Vault::default();
    let concealed = vault.conceal(text).unwrap();
    assert_eq!(*vault.reveal(&concealed).unwrap(), text);
    assert_eq!(vault.conceal(text).unwrap(), concealed, "the same text has the same tokens");
    mask(&concealed)
}

#[test]
fn conceal_finds_secrets_in_any_format() {
    for (text, expected) in [
        ("aws_secret_access_key = a/b+c\n", "aws_secret_access_key = ********\n"),
        ("AWS_SECRET_ACCESS_KEY=abc\r\nregion = x\r\n", "AWS_SECRET_ACCESS_KEY=********\r\nregion = x\r\n"),
        ("# aws_session_token: abc", "# aws_session_token: ********"),
        ("db_password = \"x \\\" y\" # why", "db_password = \"********\" # why"),
        ("a = { password = \"x\", b = 1, token = abc }", "a = { password = \"********\", b = 1, token = ******** }"),
        ("    \"secret\": 'x'", "    \"secret\": '********'"),
    ] {
        assert_eq!(concealed_and_back(text), expected);
    }
}

#[test]
fn conceal_keeps_other_values() {
    for text in
        ["aws_access_key_id = AKIA\n", "secret_ops = {\n", "password =\n", "password = \"\"", "\u{feff}a=b", "é: ü"]
    {
        assert_eq!(concealed_and_back(text), text);
    }
}

#[test]
fn reveal_rejects_unknown_tokens() {
    let vault = Vault::default();
    let unknown = SecretRef::from_id("0".repeat(SecretRef::ID_LENGTH));
    let text = format!("x = {}", unknown.in_text(TextFormat::Ini));
    assert_eq!(vault.reveal(&text).unwrap_err().kind, Kind::ProtocolViolation);
    assert_eq!(vault.reveal("lvsecret_").unwrap_err().kind, Kind::ProtocolViolation);
    let known = vault.keep(Zeroizing::new("s".to_owned())).unwrap();
    assert_eq!(*vault.reveal(&format!("{}!", known.in_text(TextFormat::Ini))).unwrap(), "s!");
    let unknown_format = known.in_text(TextFormat::Ini).replace("_ini_", "_xml_");
    assert_eq!(vault.reveal(&unknown_format).unwrap_err().kind, Kind::ProtocolViolation);
}

#[test]
fn reveal_rejects_secrets_that_break_their_line() {
    let vault = Vault::default();
    let secret = vault.keep(Zeroizing::new("a\n[evil]".to_owned())).unwrap();
    assert!(vault.reveal(&secret.in_text(TextFormat::Ini)).is_err());
}

#[test]
fn conceal_replaces_each_member_of_a_list() {
    for (text, expected) in [
        (
            "api_tokens = [\"a\", \"\", 'b', null] # why\nx = [\"c\"]\n",
            "api_tokens = [\"*\", \"\", '*', null] # why\nx = [\"c\"]\n",
        ),
        (
            "tokens = [ # why\n  \"a\", // b\n  [x, 1]\n]\nname = \"b\"\n",
            "tokens = [ # why\n  \"*\", // b\n  [*, *]\n]\nname = \"b\"\n",
        ),
        ("{\"tokens\": [\r\n\"a\"\r\n], \"password\": \"b\"}", "{\"tokens\": [\r\n\"*\"\r\n], \"password\": \"*\"}"),
        ("tokens:\n# why\n  - a\n\n  - 'b'\nname: x\n", "tokens:\n# why\n  - *\n\n  - '*'\nname: x\n"),
        ("secrets:\n  - name: x\n    password: y\n", "secrets:\n  - name: x\n    password: *\n"),
        ("secrets = [{ name = \"x\", password = \"y\" }]\n", "secrets = [{ name = \"x\", password = \"*\" }]\n"),
    ] {
        assert_eq!(concealed_and_back(text).replace(MASK, "*"), expected);
    }
}

#[test]
fn conceal_follows_a_value_to_its_end() {
    for (text, expected) in [
        ("PRIVATE_KEY=\"-----BEGIN\nMII=\n-----END\" # why\nA=1\n", "PRIVATE_KEY=\"*\" # why\nA=1\n"),
        ("PRIVATE_KEY='a\r\nb'\r\nTOKEN=c\r\n", "PRIVATE_KEY='*'\r\nTOKEN=*\r\n"),
        ("password: 'it''s'\nx: 'y'\n", "password: '*'\nx: 'y'\n"),
        ("TOKEN=[a\nX=1\nY=[2]\n", "TOKEN=*\nX=1\nY=[2]\n"),
        (
            "TOKEN=<a\nexport TOKEN={a\nTOKEN=|a\nTOKEN=>a\ntoken={a}\n",
            "TOKEN=*\nexport TOKEN=*\nTOKEN=*\nTOKEN=*\ntoken=*\n",
        ),
        ("TOKEN={\"a\": \"b\"}\ntoken=[a\nx=y]\n", "TOKEN=*\ntoken=*\nx=y]\n"),
        ("private_key = <<-EOF\n  a\n\n  b\n  EOF\nx = 1\n", "private_key = <<-EOF\n*\n  EOF\nx = 1\n"),
        ("- token: |-\n    a\n\n    b\n  x: 1\n", "- token: |-\n    *\n  x: 1\n"),
    ] {
        assert_eq!(concealed_and_back(text).replace(MASK, "*"), expected);
    }
}

#[test]
fn conceal_finds_delimited_values() {
    for (text, expected) in [
        ("A<<X\nb\nX\nTOKEN<<EOF_1\na=b\n\nc\nEOF_1\nB=1\n", "A<<X\nb\nX\nTOKEN<<EOF_1\n*\nEOF_1\nB=1\n"),
        ("TOKEN<<X=Y\r\na\r\nX=Y\r\n", "TOKEN<<X=Y\r\n*\r\nX=Y\r\n"),
        ("TOKEN<<X\na\nb\n", "TOKEN<<X\n*\n"),
        ("TOKEN<<X\nX\nb\n", "TOKEN<<X\nX\nb\n"),
    ] {
        assert_eq!(concealed_and_back(text).replace(MASK, "*"), expected);
    }
}

/// An unclosed quote or bracket must not hide the settings and sections after it.
#[test]
fn conceal_keeps_the_lines_after_an_unclosed_value() {
    for (text, expected) in [
        ("# c\n[a]\naws_secret_access_key = \"b\n[c]\nx = \"\n", "# c\n[a]\naws_secret_access_key = *\n[c]\nx = \"\n"),
        ("[a]\ntoken = [b\n[c]\nx = y\n", "[a]\ntoken = *\n[c]\nx = y\n"),
        ("# the token: 'tis\nx = 'y'\n# token: \"\nx = \"\n", "# the token: *\nx = 'y'\n# token: *\nx = \"\n"),
        ("password = \"a\nx = \"b\"\n", "password = *\nx = \"b\"\n"),
        ("token = <<EOF\nx = 1\n", "token = *\nx = 1\n"),
    ] {
        assert_eq!(concealed_and_back(text).replace(MASK, "*"), expected);
    }
}

#[test]
fn reveal_allocates_once() {
    let vault = Vault::default();
    let secret = vault.keep(Zeroizing::new("s".repeat(10_000))).unwrap();
    let revealed = vault.reveal(&format!("a {} b", secret.in_text(TextFormat::Verbatim))).unwrap();
    assert_eq!((revealed.len(), revealed.capacity()), (10_004, 10_004));
}

#[test]
fn mask_values_masks_each_line_of_a_secret() {
    for _ in 0..16 {
        let vault = Vault::default();
        for secret in ["abc", "abcdef", "first\n  second\r\nthird\n"] {
            vault.keep(Zeroizing::new(secret.to_owned())).unwrap();
        }
        for (said, expected) in [("abcdef abc", "* *"), ("x second y", "x * y"), ("third", "*"), ("", "")] {
            assert_eq!(vault.mask_values(said).replace(MASK, "*"), expected);
        }
    }
}
