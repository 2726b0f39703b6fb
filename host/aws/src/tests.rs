//! The SDK's connection against a server whose answers no AWS would give.

use leverage_plugin_api::model::Credentials;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use zeroize::Zeroizing;

use super::sdk::{Patience, Sdk};
use super::{Aws, Connection};
use leverage_core::access_keys::AccessKeys;
use leverage_error::{Kind, Result};

const TOKEN: &str = "FQoGZXIvYXdzEXAMPLETOKEN";

/// Answers a request's head and body with a status and a body.
type Answer = fn(&str) -> (u16, String);

/// Where a server listens that gives these answers; its thread ends with the tests.
fn served(answer: Answer) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(std::io::Result::ok) {
            // A client that gave up is no concern of the server's.
            let _ = reply(stream, answer);
        }
    });
    format!("http://{address}")
}

fn reply(stream: TcpStream, answer: Answer) -> std::io::Result<()> {
    let mut reader = BufReader::new(&stream);
    let (mut request, mut length) = (String::new(), 0);
    loop {
        let start = request.len();
        reader.read_line(&mut request)?;
        let line = request[start..].trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
        if line.is_empty() {
            break;
        }
    }
    reader.take(length).read_to_string(&mut request)?;
    let (status, body) = answer(&request);
    let length = body.len();
    write!(&stream, "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// What is got by asking that server; a whole list has a second.
fn asked<T>(answer: Answer, ask: impl AsyncFnOnce(Rc<dyn Connection>) -> Result<T>) -> Result<T> {
    let patience = Patience { list: Duration::from_secs(1), attempts: 1, ..Patience::default() };
    let sdk = Sdk::new(Some(served(answer)), patience);
    let keys = AccessKeys {
        id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
        secret: Zeroizing::new("s".repeat(40)),
        session_token: Some(Zeroizing::new(TOKEN.to_owned())),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let whose = Credentials::Profile("ex-management".to_owned());
        ask(sdk.connect(&keys, &whose, "us-east-1").await).await
    })
}

fn identity(account: &str) -> (u16, String) {
    let result = format!("<Account>{account}</Account><Arn>arn:aws:iam::1:user/u</Arn><UserId>u</UserId>");
    let result = format!("<GetCallerIdentityResult>{result}</GetCallerIdentityResult>");
    (200, format!("<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>"))
}

fn devices(marker: &str) -> (u16, String) {
    let result = format!("<MFADevices/><IsTruncated>true</IsTruncated>{marker}");
    (
        200,
        format!(
            "<ListMFADevicesResponse><ListMFADevicesResult>{result}</ListMFADevicesResult></ListMFADevicesResponse>"
        ),
    )
}

/// Something that was not said before.
fn fresh() -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    format!("fresh-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

#[test]
fn markers_that_take_turns_end_the_list() {
    let answer: Answer =
        |request| devices(if request.contains("Marker=A") { "<Marker>B</Marker>" } else { "<Marker>A</Marker>" });
    let error = asked(answer, async |aws| aws.mfa_devices(None).await).unwrap_err();
    assert_eq!(error.message, "AWS's list does not end: iam:ListMFADevices repeats itself");

    let error = asked(|_| devices(""), async |aws| aws.mfa_devices(None).await).unwrap_err();
    assert_eq!(error.message, "AWS's answer to iam:ListMFADevices lacks what it always has");
}

#[test]
fn a_list_has_a_limit_however_soon_each_page_comes() {
    let answer: Answer = |request| {
        if request.contains("ListMFADevices") {
            devices(&format!("<Marker>{}</Marker>", fresh()))
        } else if request.contains("ListRoots") {
            (200, r#"{"Roots":[{"Id":"r-1"}]}"#.to_owned())
        } else {
            (200, format!(r#"{{"Accounts":[],"OrganizationalUnits":[],"NextToken":"{}"}}"#, fresh()))
        }
    };
    for (error, operation) in [
        (asked(answer, async |aws| aws.accounts(&|_| {}).await).unwrap_err(), "organizations:ListAccounts"),
        (asked(answer, async |aws| aws.mfa_devices(None).await).unwrap_err(), "iam:ListMFADevices"),
        (
            asked(answer, async |aws| aws.organizational_units().await).unwrap_err(),
            "organizations:ListOrganizationalUnitsForParent",
        ),
    ] {
        assert_eq!(error.message, format!("AWS's list did not end within 1 s: {operation}"));
        assert_eq!(error.kind, Kind::Network);
    }
}

#[test]
fn what_is_no_account_id_is_taken_for_none() {
    let answer: Answer = |request| {
        let id = r#"${file(\"/etc/passwd\")}"#;
        if request.contains("GetCallerIdentity") {
            identity("\u{202e}11122223333")
        } else if request.contains("DescribeOrganization") {
            (200, format!(r#"{{"Organization":{{"Id":"o-1","MasterAccountId":"{id}"}}}}"#))
        } else if request.contains("ListRoots") {
            (200, r#"{"Roots":[{"Id":"r-1"}]}"#.to_owned())
        } else {
            (200, format!(r#"{{"Accounts":[{{"Id":"{id}","Name":"a","State":"ACTIVE"}}]}}"#))
        }
    };
    for (error, operation) in [
        (asked(answer, async |aws| aws.identity().await).unwrap_err(), "sts:GetCallerIdentity"),
        (asked(answer, async |aws| aws.organization().await).unwrap_err(), "organizations:DescribeOrganization"),
        (asked(answer, async |aws| aws.accounts(&|_| {}).await).unwrap_err(), "organizations:ListAccounts"),
        (
            asked(answer, async |aws| aws.organizational_units().await).unwrap_err(),
            "organizations:ListAccountsForParent",
        ),
    ] {
        assert!(error.message.starts_with(&format!("AWS's answer to {operation} has \"")), "{error}");
        assert!(error.message.ends_with("where an account id of 12 digits belongs"), "{error}");
        assert_eq!(error.kind, Kind::Aws);
    }
    let known = asked(|_| identity("111122223333"), async |aws| aws.identity().await).unwrap();
    assert_eq!(known.account, "111122223333");
}

#[test]
fn a_refusal_that_repeats_the_request_shows_no_secret() {
    // All that AWS was sent, and a session of somebody else's.
    let answer: Answer = |request| {
        let text = format!("{request}\nx-amz-security-token:{TOKEN}2\nkey {}", "s".repeat(40));
        let message = serde_json::Value::from(text);
        (400, format!(r#"{{"__type":"AccessDeniedException","Message":{message}}}"#))
    };
    let texts = [
        asked(answer, async |aws| aws.organization().await).map(|answer| format!("{answer:?}")),
        asked(answer, async |aws| aws.accounts(&|_| {}).await).map(|answer| format!("{answer:?}")),
        asked(answer, async |aws| aws.organizational_units().await).map(|answer| format!("{answer:?}")),
    ];
    for text in texts.map(Result::unwrap) {
        assert!(text.contains("AccessDenied") && text.contains("x-amz-security-token: ********"), "{text}");
        assert!(!text.contains(TOKEN) && !text.contains("ssss"), "{text}");
    }
}
