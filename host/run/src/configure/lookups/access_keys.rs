//! Gets new access keys from a `.csv` file, from standard input or from the user.

use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

use crate::effects::Effects;
use crate::utf8;
use leverage_core::access_keys::{self, AccessKeys};
use leverage_error::{Error, Kind, Result};

/// The limit of standard input in bytes. The `.csv` file of the AWS console has a few hundred.
const MAX_STDIN: usize = 64 * 1024;
/// The capacity of the buffer. It exceeds the limit, so that the buffer does not grow to detect the end.
const CAPACITY: usize = MAX_STDIN + 1024;

/// The new access keys of a profile: from the file, if one is named, else from the user.
pub(super) fn get(profile: &str, file: Option<&Path>, effects: &Effects<'_>) -> Result<AccessKeys> {
    match file {
        Some(path) => read_csv(path, effects),
        None => ask(profile, effects),
    }
}

fn ask(profile: &str, effects: &Effects<'_>) -> Result<AccessKeys> {
    let prompt = effects.prompt;
    if !prompt.is_available() {
        return Err(Error::new(Kind::AnswerNeeded, format!("profile `{profile}` requires access keys"))
            .hint("pass `--credentials-file FILE` (`-` reads standard input)"));
    }
    let sources = ["Read the `.csv` file of the AWS console".to_owned(), "Type them".to_owned()];
    if prompt.select(&format!("Where are the access keys of {profile}?"), &sources)? == 0 {
        return read_csv(&prompt.path("File:")?, effects);
    }
    let id = prompt.text("Access key ID:", None, |id| access_keys::check_id(id).map_err(|error| error.message))?;
    let secret = prompt
        .secret("Secret access key:", |secret| access_keys::check_secret(secret).map_err(|error| error.message))?;
    AccessKeys::new(&id, secret)
}

/// Reads the `.csv` file of the AWS console; `-` is standard input.
fn read_csv(path: &Path, effects: &Effects<'_>) -> Result<AccessKeys> {
    let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    let bytes = if path == Path::new("-") {
        read_all((effects.stdin)())?
    } else {
        let missing = || {
            Error::new(Kind::AccessKeys, format!("file `{name}` not found"))
                .hint("pass the `.csv` file of the AWS console to `--credentials-file`")
        };
        effects.files.read(path)?.ok_or_else(missing)?.bytes
    };
    let text = utf8::decode(&bytes, &name, Kind::AccessKeys)?;
    access_keys::from_csv(text).map_err(|mut error| {
        error.message = format!("{name}: {}", error.message);
        error
    })
}

/// Reads all of the input into a buffer that is wiped. The buffer never grows, because that would leave a copy behind.
fn read_all(input: impl Read) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(CAPACITY));
    input
        .take(MAX_STDIN as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::new(Kind::Files, "failed to read standard input").cause(error))?;
    if bytes.len() > MAX_STDIN {
        return Err(Error::new(Kind::AccessKeys, format!("standard input is longer than {MAX_STDIN} bytes"))
            .hint("pass only the `.csv` file of the AWS console"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_all_stops_at_the_limit() {
        let longest = vec![b'x'; MAX_STDIN];
        let read = read_all(longest.as_slice()).unwrap();
        assert_eq!(read.len(), MAX_STDIN);
        let mut endless = std::io::repeat(b'x');
        let error = read_all(&mut endless).unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (Kind::AccessKeys, "standard input is longer than 65536 bytes")
        );
    }

    #[test]
    fn read_all_never_moves_its_buffer() {
        for length in [0, 1, 20_000, MAX_STDIN] {
            assert_eq!(read_all(vec![b'x'; length].as_slice()).unwrap().capacity(), CAPACITY, "{length}");
        }
    }
}
