//! `/verify` as gateways ask it that are not installed here: Traefik, Envoy and the Gateway API. The requests follow their documentation.

use authlab_client::{
    Client,
    request::Request,
    visitor::{LoginWith, Visitor},
};
use http::{HeaderName, Method, header};

use super::fleet;

fn with(request: Request, headers: &[(&'static str, &str)]) -> Request {
    headers.iter().fold(request, |request, (name, value)| request.header(HeaderName::from_static(name), value))
}

/// Traefik's `ForwardAuth` asks with GET, and describes the client's request in headers.
fn as_traefik(address: &str, method: &str, uri: &str) -> Request {
    let described = [
        ("x-forwarded-method", method),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "app.example"),
        ("x-forwarded-uri", uri),
        ("x-forwarded-for", "203.0.113.9"),
    ];
    with(Request::get(address), &described)
}

/// Envoy's `ext_authz` and the Gateway API's `ExternalAuth` ask with the client's method and path, behind a prefix, and without the body.
fn as_envoy(method: &str, uri: &str) -> Request {
    let method = Method::try_from(method).unwrap();
    let described = [("x-forwarded-for", "203.0.113.9"), ("x-envoy-internal", "true"), ("content-length", "0")];
    with(Request::new(method, format!("/verify{uri}")), &described)
}

#[tokio::test(flavor = "multi_thread")]
async fn traefik_and_envoy_learn_who_is_calling() {
    let fleet = fleet().await;
    for target in fleet.targets() {
        let client = Client::new(target, "lab");
        let mut browser = Visitor::register(client, "alice", LoginWith::Form).await.unwrap();
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"] {
            for asked in [
                as_traefik("/verify?refresh=on", method, "/app/a?b=c"),
                as_traefik("/verify?redirect=on", method, "/"),
                as_envoy(method, "/app/a?b=c"),
                as_envoy(method, "/"),
            ] {
                let answer = browser.ask(asked).await.unwrap();
                assert_eq!(
                    (answer.status, answer.header("remote-user")),
                    (200, Some("alice")),
                    "{}",
                    answer.in_short()
                );
                assert!(answer.body.is_empty());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn traefik_and_envoy_lead_a_browser_to_the_login() {
    let fleet = fleet().await;
    for target in fleet.targets() {
        let mut client = Client::new(target, "lab");
        let login = "/login?next=%2Fapp%2Fa%3Fb%3Dc";
        let traefik = |method| as_traefik("/verify?refresh=on&redirect=on", method, "/app/a?b=c").from_a_browser();
        // Traefik hands every answer but 2xx on to the browser, so the redirect works there.
        let answer = client.send(traefik("GET")).await.unwrap();
        assert_eq!((answer.status, answer.header("location")), (303, Some(login)), "{}", answer.in_short());
        let answer = client.send(traefik("POST")).await.unwrap();
        assert_eq!((answer.status, answer.header("x-login-location")), (401, Some(login)), "{}", answer.in_short());
        // Below `/verify/`, the query is the client's: Envoy's browsers get 401 with the way to the login.
        let answer = client.send(as_envoy("GET", "/app/a?b=c").from_a_browser()).await.unwrap();
        assert_eq!((answer.status, answer.header("x-login-location")), (401, Some(login)), "{}", answer.in_short());
        assert!(answer.header(header::WWW_AUTHENTICATE.as_str()).is_some());
    }
}
