//! Access keys, their form, and the `.csv` file of the AWS console.

use std::fmt;
use zeroize::Zeroizing;

use leverage_error::{Error, Kind, Result};

/// An access key pair, with a session token if it is temporary.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKeys {
    /// `AKIA…`
    pub id: String,
    /// The secret access key.
    pub secret: Zeroizing<String>,
    /// The session token of temporary keys. New keys are long-term; an existing profile can have either.
    pub session_token: Option<Zeroizing<String>>,
}

impl fmt::Debug for AccessKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AccessKeys({})", self.id)
    }
}

impl AccessKeys {
    /// Creates a long-term pair.
    ///
    /// # Errors
    ///
    /// The id or the secret is malformed. The error never contains the secret.
    pub fn new(id: &str, secret: Zeroizing<String>) -> Result<Self> {
        check_id(id)?;
        check_secret(&secret)?;
        Ok(Self { id: id.to_owned(), secret, session_token: None })
    }
}

/// Checks the form of a long-term access key id: 20 upper-case letters and digits.
///
/// # Errors
///
/// It is malformed or temporary.
pub fn check_id(id: &str) -> Result<()> {
    if id.starts_with("ASIA") {
        return Err(Error::new(
            Kind::AccessKeys,
            "temporary access key (`ASIA…`), which works only with a session token",
        )
        .hint("create an access key for an IAM user in the AWS console; its id starts with `AKIA`"));
    }
    if id.len() == 20 && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::new(
        Kind::AccessKeys,
        "invalid access key id: must start with `AKIA` and have 20 upper-case letters and digits",
    ))
}

/// Checks the form of a secret access key: 40 letters, digits, `/` and `+`.
///
/// # Errors
///
/// It is malformed. The error does not contain it.
pub fn check_secret(secret: &str) -> Result<()> {
    if secret.len() == 40 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/+".contains(&byte)) {
        return Ok(());
    }
    Err(Error::new(
        Kind::AccessKeys,
        format!(
            "invalid secret access key: must have 40 letters, digits, `/` and `+`, but has {} characters",
            secret.chars().count()
        ),
    ))
}

/// Reads the keys from the text of the `.csv` file of the AWS console.
///
/// The header has the columns `Access key ID` and `Secret access key`, in any order and case. Other columns, a byte order
/// mark, CRLF, quotes and surrounding white space are accepted.
///
/// # Errors
///
/// The file or the keys are malformed. The error does not contain the secret.
pub fn from_csv(text: &str) -> Result<AccessKeys> {
    let malformed = |message: &str| {
        Error::new(Kind::AccessKeys, message).hint(
            "use the `.csv` file that the AWS console offers for a new access key: a line `Access key ID,Secret access key`, \
             and a line with the keys",
        )
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(malformed("empty file"));
    }
    let mut rows = Rows::new(text);
    let header = rows.next();
    let column = |name: &str| header.as_ref()?.fields().position(|field| field.eq_ignore_ascii_case(name));
    let (Some(id), Some(secret)) = (column("Access key ID"), column("Secret access key")) else {
        return Err(malformed("columns `Access key ID` and `Secret access key` not found in the first line"));
    };
    let row = rows.next().ok_or_else(|| malformed("no access keys after the header"))?;
    if rows.next().is_some() {
        return Err(malformed("more than one access key"));
    }
    match (row.fields().nth(id), row.fields().nth(secret)) {
        (Some(id), Some(secret)) => AccessKeys::new(id, Zeroizing::new(secret.to_owned())),
        _ => Err(malformed("the line with the keys has too few columns")),
    }
}

/// The rows of a CSV text. Any column can contain a secret.
struct Rows<'t> {
    reader: csv_core::Reader,
    rest: &'t str,
}

/// A row: the joined text of its fields, and the end of each.
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
        // No row is longer than the rest of the text, so the buffers never grow.
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
    /// The fields, without surrounding white space.
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
    fn from_csv_reads_both_headers() {
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
    fn from_csv_rejects_malformed_files_without_showing_secrets() {
        for (text, expected) in [
            (String::new(), "empty"),
            ("Access key ID,Secret access key\n".to_owned(), "no access keys"),
            (format!("a,b\n{ID},{SECRET}\n"), "not found"),
            (format!("Access key ID,Secret access key\n{ID}\n"), "too few"),
            (format!("Access key ID,Secret access key\n{ID},{SECRET}\n{ID},{SECRET}\n"), "more than one"),
            (format!("Access key ID,Secret access key\n{SECRET},{ID}\n"), "invalid access key id"),
            (format!("Access key ID,Secret access key\n{ID},{SECRET}x\n"), "invalid secret access key"),
            (format!("Access key ID,Secret access key\nASIA{},{SECRET}\n", &ID[4..]), "session token"),
        ] {
            let error = from_csv(&text).unwrap_err();
            assert!(error.message.contains(expected), "{text:?} gave {error:?}");
            assert!(!format!("{error:?}").contains(SECRET));
        }
    }

    #[test]
    fn from_csv_reads_quoted_fields() {
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
    fn debug_hides_the_secret() {
        let keys = AccessKeys::new(ID, Zeroizing::new(SECRET.to_owned())).unwrap();
        assert_eq!(format!("{keys:?}"), format!("AccessKeys({ID})"));
    }
}
