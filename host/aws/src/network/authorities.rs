//! The certificates in `AWS_CA_BUNDLE`, which are trusted instead of the system's, as in the AWS CLI.

use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::error::Error as StdError;
use std::path::Path;

use super::{ReadFile, Variable};
use leverage_error::{Error, Kind, Result};

const VARIABLE: &str = "AWS_CA_BUNDLE";

/// The most bytes of a bundle. That of a Linux distribution has 200 KiB.
const MAX_BYTES: usize = 16 << 20;

/// Reads the certificates of the file in `AWS_CA_BUNDLE`.
pub(super) fn from_environment(variable: Variable<'_>, read: ReadFile<'_>) -> Result<Option<TlsContext>> {
    let Some(path) = variable(VARIABLE).filter(|path| !path.is_empty()) else { return Ok(None) };
    let path = Path::new(&path);
    let bundle = read(path).map_err(|error| unreadable(path, error))?;
    if bundle.len() > MAX_BYTES {
        return Err(unreadable(path, "the file is larger than 16 MiB"));
    }
    let mut trusted = TrustStore::empty();
    let mut is_empty = true;
    for section in sections(&bundle) {
        let certificate =
            CertificateDer::from_pem_slice(section).map_err(|error| unreadable(path, error.to_string()))?;
        // A bundle may have certificates of older forms, which only OpenSSL accepts.
        if RootCertStore::empty().add(certificate).is_ok() {
            trusted.add_pem_certificate(section);
            is_empty = false;
        }
    }
    if is_empty {
        return Err(unreadable(path, "the file has no usable PEM certificate"));
    }
    let context = TlsContext::builder().with_trust_store(trusted).build();
    context.map(Some).map_err(|error| unreadable(path, error))
}

/// The texts of the certificates in a bundle, each from its first marker on.
fn sections(bundle: &[u8]) -> impl Iterator<Item = &[u8]> {
    const MARKER: &[u8] = b"-----BEGIN CERTIFICATE-----";
    let starts: Vec<usize> =
        bundle.windows(MARKER.len()).enumerate().filter(|(_, at)| *at == MARKER).map(|(at, _)| at).collect();
    let ends = starts.clone().into_iter().skip(1).chain([bundle.len()]);
    starts.into_iter().zip(ends).map(|(start, end)| &bundle[start..end])
}

fn unreadable(path: &Path, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::new(Kind::Network, format!("failed to read the certificates of `{VARIABLE}`, `{}`", path.display()))
        .cause(cause)
        .hint(format!("set `{VARIABLE}` to a file with PEM certificates, or unset it"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    /// A certificate for tests, whose key is gone.
    const CERTIFICATE: &str = include_str!("authorities/test.pem");

    fn read(bundle: &[u8]) -> Result<Option<TlsContext>> {
        from_environment(&|name| (name == VARIABLE).then(|| "/ca.pem".into()), &|_| Ok(bundle.to_vec()))
    }

    #[test]
    fn bundle_of_several_certificates_and_comments_is_read() {
        assert!(read(format!("# one\n{CERTIFICATE}\n# two\n{CERTIFICATE}").as_bytes()).unwrap().is_some());
    }

    #[test]
    fn invalid_bundle_fails_in_one_sentence() {
        let cut = &CERTIFICATE[..CERTIFICATE.len() / 2];
        let rubbish = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for bundle in ["", "text", rubbish, cut, &format!("{CERTIFICATE}{cut}")] {
            let error = read(bundle.as_bytes()).unwrap_err();
            assert_eq!(error.message, "failed to read the certificates of `AWS_CA_BUNDLE`, `/ca.pem`");
            assert!(error.kind == Kind::Network && error.causes().is_some(), "{error:?}");
        }
        let missing = from_environment(&|_| Some("/ca.pem".into()), &|_| Err(io::ErrorKind::NotFound.into()));
        assert!(missing.unwrap_err().causes().is_some());
    }
}
