//! Tests of the SDK's connection against a server with responses that AWS never sends.

use leverage_plugin_api::model::Credentials;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use zeroize::Zeroizing;

use crate::{Aws, Connection, RequestLimits, Sdk};
use leverage_core::access_keys::AccessKeys;
use leverage_error::{Kind, Result};

const TOKEN: &str = "FQoGZXIvYXdzEXAMPLETOKEN";

/// Returns the status and body of the response to a request.
type Responder = fn(&str) -> (u16, String);

/// Starts a server; returns its URL. Its thread ends with the tests.
fn start_server(respond: Responder) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(std::io::Result::ok) {
            // Failures are those of clients that gave up.
            let _ = serve(stream, respond);
        }
    });
    format!("http://{address}")
}

fn serve(stream: TcpStream, respond: Responder) -> std::io::Result<()> {
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
    let (status, body) = respond(&request);
    let length = body.len();
    write!(&stream, "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// Calls a connection to that server, with a limit of one second for a list.
fn call<T>(respond: Responder, operation: impl AsyncFnOnce(Rc<dyn Connection>) -> Result<T>) -> Result<T> {
    call_with_attempts(1, respond, operation)
}

fn call_with_attempts<T>(
    attempts: u32,
    respond: Responder,
    operation: impl AsyncFnOnce(Rc<dyn Connection>) -> Result<T>,
) -> Result<T> {
    let limits = RequestLimits { list: Duration::from_secs(1), attempts, ..RequestLimits::default() };
    let sdk = Sdk::new(Some(start_server(respond)), limits);
    let keys = AccessKeys {
        id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
        secret: Zeroizing::new("s".repeat(40)),
        session_token: Some(Zeroizing::new(TOKEN.to_owned())),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let whose = Credentials::Profile("ex-management".to_owned());
        operation(sdk.connect(&keys, &whose, "us-east-1").await).await
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

/// A new text at each call.
fn new_text() -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    format!("text-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

#[test]
fn list_with_alternating_markers_fails() {
    let respond: Responder =
        |request| devices(if request.contains("Marker=A") { "<Marker>B</Marker>" } else { "<Marker>A</Marker>" });
    let error = call(respond, async |aws| aws.mfa_devices(None).await).unwrap_err();
    assert_eq!(error.message, "AWS returned an endless list for `iam:ListMFADevices`");

    let error = call(|_| devices(""), async |aws| aws.mfa_devices(None).await).unwrap_err();
    assert_eq!(error.message, "AWS returned an incomplete response for `iam:ListMFADevices`");
}

#[test]
fn endless_list_fails_at_time_limit() {
    let respond: Responder = |request| {
        if request.contains("ListMFADevices") {
            devices(&format!("<Marker>{}</Marker>", new_text()))
        } else if request.contains("ListRoots") {
            (200, r#"{"Roots":[{"Id":"r-1"}]}"#.to_owned())
        } else {
            (200, format!(r#"{{"Accounts":[],"OrganizationalUnits":[],"NextToken":"{}"}}"#, new_text()))
        }
    };
    for (error, operation) in [
        (call(respond, async |aws| aws.accounts(&|_| {}).await).unwrap_err(), "organizations:ListAccounts"),
        (call(respond, async |aws| aws.mfa_devices(None).await).unwrap_err(), "iam:ListMFADevices"),
        (
            call(respond, async |aws| aws.organizational_units().await).unwrap_err(),
            "organizations:ListOrganizationalUnitsForParent",
        ),
    ] {
        assert_eq!(error.message, format!("`{operation}` did not complete within 1 s"));
        assert_eq!(error.kind, Kind::Network);
    }
}

#[test]
fn response_larger_than_limit_fails_without_retry() {
    static REQUESTS: AtomicUsize = AtomicUsize::new(0);
    let respond: Responder = |_| {
        REQUESTS.fetch_add(1, Ordering::Relaxed);
        (200, " ".repeat((16 << 20) + 1))
    };
    let error = call_with_attempts(3, respond, async |aws| aws.identity().await).unwrap_err();
    assert_eq!(error.message, "AWS returned a response to `sts:GetCallerIdentity` that is larger than 16 MiB");
    assert_eq!((error.kind, REQUESTS.load(Ordering::Relaxed)), (Kind::Aws, 1));
}

#[test]
fn invalid_account_id_fails() {
    let respond: Responder = |request| {
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
        (call(respond, async |aws| aws.identity().await).unwrap_err(), "sts:GetCallerIdentity"),
        (call(respond, async |aws| aws.organization().await).unwrap_err(), "organizations:DescribeOrganization"),
        (call(respond, async |aws| aws.accounts(&|_| {}).await).unwrap_err(), "organizations:ListAccounts"),
        (
            call(respond, async |aws| aws.organizational_units().await).unwrap_err(),
            "organizations:ListAccountsForParent",
        ),
    ] {
        let start = format!("AWS returned an invalid account id for `{operation}`: `");
        assert!(error.message.starts_with(&start) && !error.message.contains('\u{202e}'), "{error}");
        assert_eq!(error.kind, Kind::Aws);
    }
    let known = call(|_| identity("111122223333"), async |aws| aws.identity().await).unwrap();
    assert_eq!(known.account, "111122223333");
}

#[test]
fn access_denied_reason_masks_secrets_of_repeated_request() {
    // The whole request, and the token of another session.
    let respond: Responder = |request| {
        let text = format!("{request}\nx-amz-security-token:{TOKEN}2\nkey {}", "s".repeat(40));
        let message = serde_json::Value::from(text);
        (400, format!(r#"{{"__type":"AccessDeniedException","Message":{message}}}"#))
    };
    let texts = [
        call(respond, async |aws| aws.organization().await).map(|result| format!("{result:?}")),
        call(respond, async |aws| aws.accounts(&|_| {}).await).map(|result| format!("{result:?}")),
        call(respond, async |aws| aws.organizational_units().await).map(|result| format!("{result:?}")),
    ];
    for text in texts.map(Result::unwrap) {
        assert!(text.contains("AccessDenied") && text.contains("x-amz-security-token: ********"), "{text}");
        assert!(!text.contains(TOKEN) && !text.contains("ssss"), "{text}");
    }
}
