//! Decodes files as UTF-8.

use leverage_core::position::Position;
use leverage_error::{Error, Kind, Result};

/// Decodes the bytes of the file `name`.
///
/// # Errors
///
/// They are not UTF-8. The error has the position.
pub(crate) fn decode<'b>(bytes: &'b [u8], name: &str, kind: Kind) -> Result<&'b str> {
    str::from_utf8(bytes).map_err(|error| {
        let valid = str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        let position = Position::of(valid, valid.len());
        Error::new(kind, format!("{name}:{position}: invalid UTF-8")).hint("save the file as UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decode_reports_the_position_of_invalid_bytes() {
        assert_eq!(decode("é".as_bytes(), "f", Kind::Files), Ok("é"));
        let error = decode(b"a\n\xc3\xa9\xff", "f", Kind::Files).unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (Kind::Files, "f:2:2: invalid UTF-8"));
    }
}
