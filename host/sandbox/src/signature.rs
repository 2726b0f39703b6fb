//! Computes the signature of a request by Signature Version 4.
//!
//! Supports what the three services need: signed headers and the path `/`, not presigned URLs.

use hmac::digest::InvalidLength;
use hmac::{Hmac, KeyInit, Mac};
use hyper::header::HeaderValue;
use hyper::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A parsed `Authorization` header.
#[derive(Debug, PartialEq)]
pub(crate) struct Authorization<'a> {
    /// The access key id.
    pub(crate) access_key_id: &'a str,
    /// The service for which the request was signed.
    pub(crate) service: &'a str,
    date: &'a str,
    region: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Parses the value of the header; `None` if it is not a complete Signature Version 4 header.
    pub(crate) fn parse(header: &'a str) -> Option<Self> {
        let parameters = header.strip_prefix(ALGORITHM)?.trim_start();
        let parameter = |name: &str| {
            parameters.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('=').map(str::trim))
        };
        let mut scope = parameter("Credential")?.split('/');
        let [access_key_id, date, region, service, "aws4_request"] =
            std::array::from_fn(|_| scope.next().unwrap_or(""))
        else {
            return None;
        };
        let signed_headers = parameter("SignedHeaders")?;
        let signature = parameter("Signature")?;
        Some(Self { access_key_id, service, date, region, signed_headers, signature })
    }

    /// Whether the request was signed with `secret` and is unchanged since.
    pub(crate) fn matches(&self, secret: &str, head: &Parts, body: &[u8]) -> bool {
        self.compute(secret, head, body).is_ok_and(|expected| expected == self.signature)
    }

    fn compute(&self, secret: &str, head: &Parts, body: &[u8]) -> Result<String, InvalidLength> {
        let timestamp = amz_date(head).unwrap_or_default();
        let scope = format!("{}/{}/{}/aws4_request", self.date, self.region, self.service);
        let request = hex(&Sha256::digest(self.canonical_request(head, body)));
        let string_to_sign = format!("{ALGORITHM}\n{timestamp}\n{scope}\n{request}");

        let mut key = hmac(format!("AWS4{secret}").as_bytes(), self.date)?;
        for part in [self.region, self.service, "aws4_request"] {
            key = hmac(&key, part)?;
        }
        Ok(hex(&hmac(&key, &string_to_sign)?))
    }

    fn canonical_request(&self, head: &Parts, body: &[u8]) -> String {
        let mut query: Vec<_> = head.uri.query().unwrap_or("").split('&').collect();
        // Sorted by name: sorted as texts, `a-b=` would come before `a=`.
        query.sort_unstable_by_key(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let headers: String = self
            .signed_headers
            .split(';')
            .map(|name| {
                let values: Vec<_> = head.headers.get_all(name).iter().map(canonical_value).collect();
                format!("{name}:{}\n", values.join(","))
            })
            .collect();
        [head.method.as_str(), "/", &query.join("&"), &headers, self.signed_headers, &hex(&Sha256::digest(body))]
            .join("\n")
    }
}

/// The value of the `X-Amz-Date` header.
pub(crate) fn amz_date(head: &Parts) -> Option<&str> {
    head.headers.get("x-amz-date")?.to_str().ok()
}

/// Parses the value of an `X-Amz-Date` header.
pub(crate) fn parse_amz_date(text: &str) -> Option<Timestamp> {
    let date = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    TimeZone::UTC.to_timestamp(date).ok()
}

/// Normalizes the white space in the value of a header, which a proxy can change.
fn canonical_value(value: &HeaderValue) -> String {
    let value = String::from_utf8_lossy(value.as_bytes());
    value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn hmac(key: &[u8], message: &str) -> Result<[u8; 32], InvalidLength> {
    let mac = Hmac::<Sha256>::new_from_slice(key)?.chain_update(message);
    Ok(mac.finalize().into_bytes().into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    // The secret and cases of AWS's public test suite for Signature Version 4.
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// Name, request line, additional headers, body, signed headers, signature.
    type Case = (&'static str, &'static str, Headers, &'static str, &'static str, &'static str);
    type Headers = &'static [(&'static str, &'static str)];

    #[rustfmt::skip]
    const CASES: &[Case] = &[
        ("get-vanilla", "GET /", &[], "", "host;x-amz-date",
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("get-vanilla-query-order-key-case", "GET /?Param2=value2&Param1=value1", &[], "", "host;x-amz-date",
         "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        ("get-vanilla-query-order-encoded", "GET /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", &[], "",
         "host;x-amz-date",
         "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"),
        ("get-header-key-duplicate", "GET /",
         &[("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")], "",
         "host;my-header1;x-amz-date",
         "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
        ("get-header-value-trim", "GET /",
         &[("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")], "", "host;my-header1;my-header2;x-amz-date",
         "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
        ("get-vanilla-with-session-token", "GET /",
         &[("X-Amz-Security-Token", "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267")], "",
         "host;x-amz-date;x-amz-security-token",
         "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"),
        ("post-vanilla-query", "POST /?Param1=value1", &[], "", "host;x-amz-date",
         "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"),
        ("post-x-www-form-urlencoded", "POST /",
         &[("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "13"),
           ("x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e")],
         "Param1=value1", "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
         "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"),
    ];

    fn request(line: &str, headers: &[(&str, &str)]) -> Parts {
        let (method, target) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in
            [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")].iter().chain(headers)
        {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn header(signed_headers: &str, signature: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders={signed_headers}, Signature={signature}"
        )
    }

    #[test]
    fn matches_accepts_published_test_vectors() {
        for (name, line, headers, body, signed_headers, signature) in CASES {
            let header = header(signed_headers, signature);
            let authorization = Authorization::parse(&header).unwrap();
            let head = request(line, headers);
            assert!(authorization.matches(SECRET, &head, body.as_bytes()), "{name}");
            assert!(!authorization.matches("another", &head, body.as_bytes()), "{name}: another secret");
            assert!(!authorization.matches(SECRET, &head, b"changed"), "{name}: another body");
        }
    }

    #[test]
    fn parse_rejects_incomplete_header() {
        let complete = header("host", "00");
        assert_eq!(Authorization::parse(&complete).map(|it| it.access_key_id), Some("AKIDEXAMPLE"));
        for missing in ["AWS4-HMAC-SHA256", "Credential", "SignedHeaders", "Signature=", "/aws4_request"] {
            assert_eq!(Authorization::parse(&complete.replace(missing, "x")), None, "{missing}");
        }
    }

    #[test]
    fn parse_amz_date_reads_basic_format() {
        assert_eq!(parse_amz_date("20150830T123600Z").unwrap().to_string(), "2015-08-30T12:36:00Z");
        assert_eq!(parse_amz_date("2015-08-30T12:36:00Z"), None);
        assert_eq!(parse_amz_date("20151330T123600Z"), None);
    }
}
