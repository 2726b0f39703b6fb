//! Writes a file in the form that the AWS CLI and the AWS SDKs read alike.

use super::layout::{LineKind, LineReader, trim};
use crate::text::lines::lines;
use crate::text::split_bom;

/// The text as the AWS CLI reads it, in the form that the AWS SDKs also accept: without a byte order mark, without
/// indentation before sections and settings, with `=` after a key, and with nothing after a section's name. Indented
/// comments become comments of their own. Line numbers stay the same.
pub fn plain_form(text: &str) -> String {
    let text = split_bom(text).1;
    let mut reader = LineReader::default();
    let mut plain = String::with_capacity(text.len());
    for line in lines(text, 0, 1) {
        match reader.read(line.text) {
            LineKind::Header(name) => plain.extend(["[", name, "]"]),
            LineKind::Setting => push_setting(&mut plain, trim(line.text)),
            LineKind::Attached if trim(line.text).is_empty() || trim(line.text).starts_with(['#', ';']) => {
                plain.push('#');
            }
            LineKind::Attached | LineKind::Blank | LineKind::Comment => plain.push_str(line.text),
        }
        plain.push('\n');
    }
    plain
}

fn push_setting(plain: &mut String, setting: &str) {
    match setting.split_once(['=', ':']) {
        Some((key, value)) => plain.extend([trim(key), " = ", trim(value)]),
        None => plain.push_str(setting),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_form_has_what_the_aws_cli_reads() {
        for (text, plain) in [
            ("[a]\n  region = x\n  output=json\n", "[a]\nregion = x\noutput = json\n"),
            ("[a] # mine\nregion: x\n", "[a]\nregion = x\n"),
            ("[a] text\n\n [b]\n", "[a]\n\n[b]\n"),
            ("\u{feff}[a]\r\ns3 =\r\n  x = 1\r\n  # y", "[a]\ns3 = \n  x = 1\n#\n"),
            ("[a\njunk\n", "[a\njunk\n"),
            ("[a]\nx = y:z\n", "[a]\nx = y:z\n"),
        ] {
            assert_eq!(plain_form(text), plain, "{text:?}");
        }
    }
}
