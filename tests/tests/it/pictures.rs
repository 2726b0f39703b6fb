//! The pictures of the documentation: terminals as SVG, drawn from real runs.
//!
//! `INSTA_UPDATE=always cargo test --workspace --test it pictures::` updates them.

use anstyle_svg::Term;
use leverage_tests::program::leverage;
use leverage_tests::tools::own_folder;
use regex::Regex;
use std::fs;
use std::process::Command;

/// The maximal number of lines of a picture.
const LINES: usize = 32;

/// Texts that differ in each run, and their replacements.
const FIXED: [(&str, &str); 4] = [
    (r"/[^ ]*/leverage-sandbox-\w{6}", "/tmp/sandbox"),
    (r"\b20\d{6}T\d{6}Z(-\d+)?\b", "20261123T212048Z"),
    (r"\bAKIA\w{16}\b", "AKIAIOSFODNN7EXAMPLE"),
    (r"\b127\.0\.0\.1:\d+\b", "127.0.0.1:8080"),
];

#[test]
fn tour_picture_shows_the_run_of_today() {
    let output = Command::new(leverage()).arg("sandbox").env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut text = String::from_utf8(output.stdout).unwrap();
    for (pattern, replacement) in FIXED {
        text = Regex::new(pattern).unwrap().replace_all(&text, replacement).into_owned();
    }
    let start = text.find("$ leverage credentials configure --type MANAGEMENT").expect("the run of MANAGEMENT");
    // The escape sequence before the command makes it bold.
    let start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let shown: Vec<&str> = text[start..].lines().take(LINES).collect();
    compare("tour.svg", &Term::new().min_width_px(1000).render_svg(&shown.join("\n")));
}

/// Compares a picture with the committed one.
#[track_caller]
fn compare(name: &str, picture: &str) {
    let path = own_folder("../host/docs/images").join(name);
    if std::env::var("INSTA_UPDATE").is_ok_and(|mode| mode == "always") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, picture).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == picture,
        "{} is not what the program shows now: see the description of this file",
        path.display()
    );
}
