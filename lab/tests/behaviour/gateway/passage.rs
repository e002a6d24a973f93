//! What passes through a gateway besides small requests, and what must not pass.

use std::time::Duration;

use authlab_client::{
    Client,
    request::Request,
    target::Target,
    visitor::{LoginWith, Visitor},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::{each_gateway, fleet};

const UPLOAD: usize = 10 << 20;
const PATIENCE: Duration = Duration::from_secs(20);

/// Paths that a proxy and a service could read differently. No client library sends them as they are.
const TRICKS: [&str; 22] = [
    "/login/../app",
    "/logins/../app",
    "/mine/../../app",
    "/mine/record/../../app",
    "//app",
    "//login",
    "/%2e%2e/app",
    "/logins/%2e%2e/app",
    "/login%2f..%2fapp",
    "/login;/../app",
    "/login/",
    "/login%0a",
    "/log%69n",
    "/LOGIN",
    "/app?/login",
    "/app;/login",
    "/app%00/login",
    "/.%00/app",
    "/verify",
    "/verify?refresh=on",
    "/verify/app",
    "/gateway/verify",
];

/// Sends a head as it is. Returns the answer up to the end of its head, and the connection.
async fn sent(target: &Target, head: &str) -> (String, TcpStream) {
    let mut stream = TcpStream::connect(target.authority()).await.unwrap();
    stream.write_all(head.replace('\n', "\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let byte = timeout(PATIENCE, stream.read_u8()).await.expect("the proxy answers");
        // A proxy may close the connection instead of an answer.
        let Ok(byte) = byte else { break };
        answer.push(byte);
    }
    (String::from_utf8(answer).unwrap(), stream)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_path_opens_the_application() {
    let fleet = fleet().await;
    each_gateway(&fleet.targets(), async |gateway| {
        for path in TRICKS {
            let head = format!("GET {path} HTTP/1.1\nHost: {}\nConnection: close\n\n", gateway.target().authority());
            let (answer, _) = sent(&gateway.target(), &head).await;
            let status = answer.split(' ').nth(1).unwrap_or("none");
            assert!(["400", "401", "404", "none"].contains(&status), "{gateway}: {path}: {answer}");
            assert!(!answer.to_lowercase().contains("remote-user"), "{gateway}: {path}: {answer}");
        }
        let absolute =
            format!("GET http://elsewhere.example/login HTTP/1.1\nHost: {}\n\n", gateway.target().authority());
        sent(&gateway.target(), &absolute).await;
        assert!(gateway.application.arrived().is_empty(), "{gateway}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_header_lines_forge_no_identity() {
    let fleet = fleet().await;
    each_gateway(&fleet.targets()[1..2], async |gateway| {
        let visitor = Visitor::register(gateway.client(), "alice", LoginWith::Form).await.unwrap();
        let (name, value) = visitor.cookie().unwrap();
        for line in [
            "Remote-User : root",
            "Remote-User\t: root",
            "X-Other: other\n Remote-User: root",
            "Remote.User: root",
            "REMOTE_USER: root",
            "Remote-User: root\nRemote-User: root",
        ] {
            let host = gateway.target().authority();
            let head =
                format!("GET /app HTTP/1.1\nHost: {host}\nConnection: close\nCookie: {name}={value}\n{line}\n\n");
            let (answer, _) = sent(&gateway.target(), &head).await;
            let arrived = gateway.application.arrived();
            assert_eq!(answer.starts_with("HTTP/1.1 200 "), arrived.len() == 1, "{gateway}: {line}: {answer}");
            for arrived in arrived {
                assert_eq!(arrived.header("remote-user"), Some("alice"), "{gateway}: {line}");
                assert!(!arrived.headers.values().any(|value| value == "root"), "{gateway}: {line}: {arrived:?}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_refuses_what_did_not_come_through_the_gateway() {
    let fleet = fleet().await;
    each_gateway(&fleet.targets()[..1], async |gateway| {
        let forged = Request::get("/app").header("remote-user".parse().unwrap(), "alice");
        let mut client = Client::new(gateway.application.target.clone(), "lab");
        client.send(forged).await.unwrap().is(403).unwrap();
        assert!(gateway.application.arrived().is_empty(), "{gateway}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_upload_passes_only_with_a_login() {
    let fleet = fleet().await;
    each_gateway(&fleet.targets()[1..2], async |gateway| {
        let upload = || Request::post("/app/upload").body("application/octet-stream", vec![7; UPLOAD]);
        let mut visitor = Visitor::register(gateway.client(), "alice", LoginWith::Form).await.unwrap();
        visitor.ask(upload()).await.unwrap().is(200).unwrap();
        let arrived = gateway.application.one();
        assert_eq!((arrived.body, arrived.header("remote-user")), (UPLOAD, Some("alice")), "{gateway}");
        // The proxy may answer and close before it has read the body, so the answer may be lost.
        if let Ok(answer) = gateway.client().send(upload()).await {
            answer.is(401).unwrap();
        }
        assert!(gateway.application.arrived().is_empty(), "{gateway}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_passes_only_with_a_login() {
    let fleet = fleet().await;
    each_gateway(&fleet.targets(), async |gateway| {
        let visitor = Visitor::register(gateway.client(), "alice", LoginWith::Form).await.unwrap();
        let (name, value) = visitor.cookie().unwrap();
        let upgrade = format!(
            "GET /app/socket HTTP/1.1\nHost: {}\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n",
            gateway.target().authority()
        );
        let (answer, _) = sent(&gateway.target(), &format!("{upgrade}\n")).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{gateway}: {answer}");
        assert!(gateway.application.arrived().is_empty(), "{gateway}");

        let (answer, mut socket) = sent(&gateway.target(), &format!("{upgrade}Cookie: {name}={value}\n\n")).await;
        assert!(answer.starts_with("HTTP/1.1 101 "), "{gateway}: {answer}");
        socket.write_all(b"word").await.unwrap();
        let mut word = [0; 4];
        timeout(PATIENCE, socket.read_exact(&mut word)).await.unwrap().unwrap();
        assert_eq!((&word, gateway.application.one().header("remote-user")), (b"word", Some("alice")), "{gateway}");
    })
    .await;
}
