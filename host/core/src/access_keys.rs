//! Access keys in memory, and the console's `.csv` file that brings them.

use std::fmt;
use zeroize::Zeroizing;

use leverage_error::{Error, Kind, Result};

/// Access keys: a pair, and for temporary ones a session token.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKeys {
    /// `AKIA…`
    pub id: String,
    /// The secret access key.
    pub secret: Zeroizing<String>,
    /// Only temporary keys have one. New keys are always long-term; an existing profile may hold either.
    pub session_token: Option<Zeroizing<String>>,
}

impl fmt::Debug for AccessKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AccessKeys({})", self.id)
    }
}

impl AccessKeys {
    /// A long-term pair of an id and a secret, if both are of the form that AWS gives out.
    ///
    /// # Errors
    ///
    /// What is wrong with which half; the secret is never part of it.
    pub fn new(id: &str, secret: Zeroizing<String>) -> Result<Self> {
        check_id(id)?;
        check_secret(&secret)?;
        Ok(Self { id: id.to_owned(), secret, session_token: None })
    }
}

/// Checks the form of an access key id: twenty upper-case letters and digits, and not temporary.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_id(id: &str) -> Result<()> {
    if id.starts_with("ASIA") {
        return Err(Error::new(
            Kind::AccessKeys,
            "this is a temporary access key (ASIA…), which works only with a session token",
        )
        .hint("create an access key for the user in the IAM console; its id starts with AKIA"));
    }
    if id.len() == 20 && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::new(
        Kind::AccessKeys,
        "the access key id is not of the right form: it has 20 upper-case letters and digits and starts with AKIA",
    ))
}

/// Checks the form of a secret access key: forty letters, digits, `/` and `+`.
///
/// # Errors
///
/// What is wrong with it, without showing it.
pub fn check_secret(secret: &str) -> Result<()> {
    if secret.len() == 40 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/+".contains(&byte)) {
        return Ok(());
    }
    Err(Error::new(
        Kind::AccessKeys,
        format!(
            "the secret access key is not of the right form: it has 40 letters, digits, `/` and `+`, this one has {}",
            secret.chars().count()
        ),
    ))
}

/// Reads the keys from the text of the console's `.csv` file.
///
/// Both headers that AWS writes are known: `Access key ID,Secret access key`, also with a user name
/// column. A byte order mark, CRLF, quotes and surrounding white space do no harm.
///
/// # Errors
///
/// One sentence on what is wrong with the file; no secret is part of it.
pub fn from_csv(text: &str) -> Result<AccessKeys> {
    let malformed = |message: &str| {
        Error::new(Kind::AccessKeys, message).hint(
            "give the `.csv` file that the AWS console offers when it creates an access key: a line \
             `Access key ID,Secret access key`, and one line with the keys",
        )
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(malformed("the file is empty"));
    }
    let mut rows = Rows::new(text);
    let header = rows.next();
    let column = |name: &str| header.as_ref()?.fields().position(|field| field.eq_ignore_ascii_case(name));
    let (Some(id), Some(secret)) = (column("Access key ID"), column("Secret access key")) else {
        return Err(malformed("the first line does not name the columns `Access key ID` and `Secret access key`"));
    };
    let row = rows.next().ok_or_else(|| malformed("the file has a header and no keys"))?;
    if rows.next().is_some() {
        return Err(malformed("the file has the keys of more than one user, and only one is wanted"));
    }
    match (row.fields().nth(id), row.fields().nth(secret)) {
        (Some(id), Some(secret)) => AccessKeys::new(id, Zeroizing::new(secret.to_owned())),
        _ => Err(malformed("the line with the keys is too short")),
    }
}

/// The rows of a CSV text. Every one of them may hold a secret, in whichever column somebody put it.
struct Rows<'t> {
    reader: csv_core::Reader,
    rest: &'t str,
}

/// The fields of a row, one behind the other, and where each ends.
struct Row {
    text: Zeroizing<String>,
    ends: Vec<usize>,
}

impl<'t> Rows<'t> {
    fn new(text: &'t str) -> Self {
        Self { reader: csv_core::Reader::new(), rest: text }
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        // No row is longer than what is left, so that the buffers need not grow.
        let mut output = Zeroizing::new(vec![0; self.rest.len() + 1]);
        let mut ends = vec![0; self.rest.len() + 1];
        let (mut written, mut fields) = (0, 0);
        loop {
            let (result, read, wrote, ended) =
                self.reader.read_record(self.rest.as_bytes(), output.get_mut(written..)?, ends.get_mut(fields..)?);
            self.rest = self.rest.get(read..)?;
            (written, fields) = (written + wrote, fields + ended);
            match result {
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::Record => break,
                _ => return None,
            }
        }
        ends.truncate(fields);
        let text = Zeroizing::new(std::str::from_utf8(output.get(..written)?).ok()?.to_owned());
        Some(Row { text, ends })
    }
}

impl Row {
    /// The fields, without the white space around them.
    fn fields(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(&start, &end)| self.text.get(start..end).unwrap_or_default().trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    #[test]
    fn both_headers_are_read_whatever_surrounds_them() {
        for text in [
            format!("Access key ID,Secret access key\n{ID},{SECRET}"),
            format!("\u{feff}Access key ID,Secret access key\r\n{ID},{SECRET}\r\n"),
            format!("User name,Access key ID,Secret access key\nme,{ID},{SECRET}\n"),
            format!(
                "User Name,Password,Access key ID,Secret access key,Console login link\nme,,{ID},\"{SECRET}\",x\n\n"
            ),
        ] {
            let keys = from_csv(&text).unwrap();
            assert_eq!((keys.id.as_str(), keys.secret.as_str()), (ID, SECRET));
        }
    }

    #[test]
    fn each_malformed_file_has_its_own_sentence_and_shows_no_secret() {
        for (text, expected) in [
            (String::new(), "empty"),
            ("Access key ID,Secret access key\n".to_owned(), "no keys"),
            (format!("a,b\n{ID},{SECRET}\n"), "does not name the columns"),
            (format!("Access key ID,Secret access key\n{ID}\n"), "too short"),
            (format!("Access key ID,Secret access key\n{ID},{SECRET}\n{ID},{SECRET}\n"), "more than one"),
            (format!("Access key ID,Secret access key\n{SECRET},{ID}\n"), "access key id"),
            (format!("Access key ID,Secret access key\n{ID},{SECRET}x\n"), "secret access key is not"),
            (format!("Access key ID,Secret access key\nASIA{},{SECRET}\n", &ID[4..]), "session token"),
        ] {
            let error = from_csv(&text).unwrap_err();
            assert!(error.message.contains(expected), "{text:?} gave {error:?}");
            assert!(!format!("{error:?}").contains(SECRET));
        }
    }

    #[test]
    fn fields_are_read_as_spreadsheets_write_them() {
        for row in [
            format!("\"o'brien, \"\"x\"\"\n\",  {ID} ,\"{SECRET}\""),
            format!("é,\"{ID}\", {SECRET},more,,"),
            format!(",{ID},{SECRET}\r\n\r\n"),
        ] {
            let keys = from_csv(&format!("\nUser name, access key id ,\"Secret Access Key\"\n\n{row}"));
            assert_eq!(keys.map(|keys| (keys.id, keys.secret.to_string())), Ok((ID.to_owned(), SECRET.to_owned())));
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let keys = AccessKeys::new(ID, Zeroizing::new(SECRET.to_owned())).unwrap();
        assert_eq!(format!("{keys:?}"), format!("AccessKeys({ID})"));
    }
}
