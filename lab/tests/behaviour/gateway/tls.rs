//! TLS that ends at the gateway: cookies are `Secure`, the site's own forms pass the cross-site check, the application learns of `https`.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use authlab_client::{
    Client,
    target::Target,
    visitor::{LoginWith, PASSWORD, Visitor},
};
use authlab_test_support::certify;

use super::{Gateway, KINDS, application::Application, fleet};
use crate::proxies::proxy::Kind;

/// What the first lines of each file tell the reader to write.
fn with_tls(kind: Kind, text: &str, folder: &Path) -> String {
    let [certificate, key, both] = ["server.pem", "server.key", "both.pem"].map(|name| folder.join(name));
    let (certificate, key, both) = (certificate.display(), key.display(), both.display());
    let line = |start: &str| text.lines().find(|line| line.trim_start().starts_with(start)).unwrap();
    let (old, new) = match kind {
        Kind::Nginx => {
            let old = line("listen ");
            (old, old.replace(';', &format!(" ssl; ssl_certificate {certificate}; ssl_certificate_key {key};")))
        }
        Kind::Caddy => (line(":2"), format!("{}\n\ttls {certificate} {key}", line(":2"))),
        Kind::HaProxy => (line("bind "), format!("{} ssl crt {both}", line("bind "))),
    };
    text.replace(old, &new)
}

/// Sends a request with OpenSSL's client, which checks the certificate. Returns the whole answer.
fn over_tls(target: &Target, folder: &Path, request: &str, lines: &str, body: &str) -> String {
    let mut client = Command::new("openssl")
        .args(["s_client", "-quiet", "-verify_return_error", "-connect", &target.authority(), "-CAfile"])
        .arg(folder.join("authority.pem"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let head =
        format!("{request} HTTP/1.1\nHost: app.example\nOrigin: https://app.example\nConnection: close\n{lines}");
    let bytes = format!("{head}Content-Length: {}\n\n", body.len()).replace('\n', "\r\n") + body;
    client.stdin.as_mut().unwrap().write_all(bytes.as_bytes()).unwrap();
    String::from_utf8(client.wait_with_output().unwrap().stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_may_end_tls() {
    let fleet = fleet().await;
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    certify(folder).unwrap();
    let both = ["server.pem", "server.key"].map(|name| fs::read_to_string(folder.join(name)).unwrap()).concat();
    fs::write(folder.join("both.pem"), both).unwrap();
    for service in fleet.targets() {
        Visitor::register(Client::new(service.clone(), "lab"), "alice", LoginWith::Form).await.unwrap();
        for kind in KINDS {
            let secured = |text: String| with_tls(kind, &text, folder);
            let gateway = Gateway::start_with(kind, &service, Application::start().await, secured);
            let Some(gateway) = gateway.await else { return };
            let target = gateway.target();
            let ask = |request: &str, lines: &str, body: &str| over_tls(&target, folder, request, lines, body);
            let refused = ask("GET /app", "", "");
            assert!(refused.starts_with("HTTP/1.1 401 "), "{gateway}: {refused}");

            let form = format!("username=alice&password={}", PASSWORD.replace(' ', "+"));
            let login = ask("POST /login", "Content-Type: application/x-www-form-urlencoded\n", &form);
            assert!(login.starts_with("HTTP/1.1 303 "), "{gateway}: {login}");
            let set =
                login.lines().find_map(|line| line.strip_prefix("set-cookie: ").or(line.strip_prefix("Set-Cookie: ")));
            let (cookie, attributes) = set.unwrap().split_once(';').unwrap();
            assert!(attributes.ends_with("; Secure"), "{gateway}: {attributes}");

            let answer = ask("GET /app", &format!("Cookie: {cookie}\n"), "");
            assert!(answer.starts_with("HTTP/1.1 200 "), "{gateway}: {answer}");
            let arrived = gateway.application.one();
            assert_eq!(arrived.header("remote-user"), Some("alice"), "{gateway}");
            assert_eq!(arrived.header("x-forwarded-proto"), Some("https"), "{gateway}");
        }
    }
}
