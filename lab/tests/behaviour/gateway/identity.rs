//! Whom the application sees: the user who is logged in, and no identity that a client wrote itself.

use authlab_client::{
    request::{Request, encoded},
    visitor::{LoginWith, PASSWORD, Visitor},
};
use http::HeaderName;

use super::{Gateway, application::Application, each_gateway, fleet};
use crate::proxies::proxy::Kind;

const IDENTITY: [&str; 5] = ["remote-user", "x-account-id", "x-login-id", "x-login-issued-at", "x-login-expires-at"];

fn forged(request: Request) -> Request {
    let spelt = IDENTITY.iter().flat_map(|name| [(*name).to_owned(), name.replace('-', "_")]);
    spelt.fold(request, |request, name| request.header(HeaderName::try_from(name).unwrap(), "root"))
}

async fn logged_in(gateway: &Gateway, username: &str, with: LoginWith<'_>) -> Visitor {
    Visitor::register(gateway.client(), username, with).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_learns_who_is_logged_in() {
    let fleet = fleet().await;
    each_gateway(&fleet.targets(), async |gateway| {
        for (username, with) in [("alice", LoginWith::Json), ("Zo\u{eb}\u{738b}", LoginWith::Form)] {
            let mut visitor = logged_in(gateway, username, with).await;
            let request = Request::put("/app/a?b=c%2Fd").body("text/plain", "text");
            // Other sites of the domain may have filled the jar.
            let answer = visitor.ask(request.cookie("theirs", &"x".repeat(12_000))).await.unwrap();
            assert_eq!((answer.status, answer.text()), (200, "hello".to_owned()), "{gateway}");
            let arrived = gateway.application.one();
            assert_eq!((arrived.method.as_str(), arrived.uri.as_str()), ("PUT", "/app/a?b=c%2Fd"), "{gateway}");
            assert_eq!((arrived.body, arrived.header("remote-user")), (4, Some(&*encoded(username))), "{gateway}");
            let described = IDENTITY.iter().filter(|name| arrived.header(name).is_some_and(|value| !value.is_empty()));
            assert_eq!(described.count(), 5, "{gateway}: {arrived:?}");
            assert_eq!(arrived.header("x-forwarded-for"), Some("127.0.0.1"), "{gateway}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_led_to_the_login_and_back_and_a_program_gets_401() {
    let fleet = fleet().await;
    each_gateway(&fleet.targets(), async |gateway| {
        let mut browser = gateway.client();
        Visitor::register(gateway.client(), "alice", LoginWith::Form).await.unwrap();
        let page = Request::get("/app/a?b=c&d").from_a_browser();
        let led = browser.send(page.clone()).await.unwrap();
        let login = "/login?next=%2Fapp%2Fa%3Fb%3Dc%26d";
        assert_eq!((led.status, led.header("location")), (303, Some(login)), "{gateway}");
        browser.send(Request::get(login).from_a_browser()).await.unwrap().is_page(200).unwrap();
        browser.send(Request::get("/style.css")).await.unwrap().is(200).unwrap();

        browser.send(Request::get("/app/a?b=c&d")).await.unwrap().is_problem(401, "not-logged-in").unwrap();
        // What a browser sends in a form would be lost by a redirect, so only a page leads to the login.
        for refused in [Request::get("/app/a?b=c&d"), Request::post("/app").from_a_browser()] {
            let answer = browser.send(refused).await.unwrap();
            assert_eq!(answer.status, 401, "{gateway}: {}", answer.in_short());
            assert!(answer.header("www-authenticate").is_some(), "{gateway}");
            assert!(answer.header("x-login-location").unwrap().starts_with("/login?next=%2Fapp"), "{gateway}");
            assert!(answer.forbids_storing(), "{gateway}");
        }
        assert!(gateway.application.arrived().is_empty(), "{gateway}");

        let form = [("username", "alice"), ("password", PASSWORD), ("next", "/app/a?b=c&d")];
        let back = browser.send(Request::post("/login").form(&form).from_a_browser()).await.unwrap();
        assert_eq!((back.status, back.header("location")), (303, Some("/app/a?b=c&d")), "{gateway}");
        browser.send(page).await.unwrap().is(200).unwrap();
        assert_eq!(gateway.application.one().header("remote-user"), Some("alice"), "{gateway}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_identity_never_reaches_the_application() {
    let fleet = fleet().await;
    each_gateway(&fleet.targets(), async |gateway| {
        let anonymous = gateway.client().send(forged(Request::get("/app"))).await.unwrap();
        anonymous.is_problem(401, "not-logged-in").unwrap();
        assert!(gateway.application.arrived().is_empty(), "{gateway}");

        let mut visitor = logged_in(gateway, "alice", LoginWith::Form).await;
        let connection = HeaderName::from_static("connection");
        for request in [
            forged(Request::get("/app")),
            // A proxy that follows this would remove the header that the gateway sets.
            forged(Request::get("/app")).header(connection, "keep-alive, remote-user, x-gateway-key, x-account-id"),
        ] {
            visitor.ask(request).await.unwrap().is(200).unwrap();
            let arrived = gateway.application.one();
            assert_eq!(arrived.header("remote-user"), Some("alice"), "{gateway}");
            assert!(!arrived.headers.values().any(|value| value == "root"), "{gateway}: {arrived:?}");
            assert!(arrived.headers.keys().all(|name| !name.as_str().contains('_')), "{gateway}: {arrived:?}");
        }
    })
    .await;
}

/// Without one line of its configuration, each gateway lets a forged header through: so the test above can fail.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_without_its_defence_lets_a_forged_identity_through() {
    let fleet = fleet().await;
    let service = &fleet.targets()[1];
    for (kind, defence, weaker, header) in [
        (Kind::Nginx, "proxy_set_header Remote-User $remote_user_name;", "", "remote-user"),
        (Kind::Nginx, "underscores_in_headers off;", "underscores_in_headers on;", "remote_user"),
        (Kind::Caddy, "request_header -*_*", "", "remote_user"),
        (Kind::HaProxy, "option http-restrict-req-hdr-names delete", "", "remote_user"),
    ] {
        let weakened = |text: String| {
            assert!(text.contains(defence), "{kind:?}: {defence}");
            text.replace(defence, weaker)
        };
        let gateway = Gateway::start_with(kind, service, Application::start().await, weakened);
        let Some(gateway) = gateway.await else { return };
        let mut visitor = logged_in(&gateway, "alice", LoginWith::Form).await;
        visitor.ask(forged(Request::get("/app"))).await.unwrap().is(200).unwrap();
        let arrived = gateway.application.one();
        assert_eq!(arrived.header(header), Some("root"), "{gateway} without {defence}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_closes_the_application_at_once() {
    let fleet = fleet().await;
    each_gateway(&fleet.targets(), async |gateway| {
        let mut visitor = logged_in(gateway, "alice", LoginWith::Form).await;
        let mut copy = visitor.copy();
        copy.ask(Request::get("/app")).await.unwrap().is(200).unwrap();
        assert_eq!(gateway.application.one().header("remote-user"), Some("alice"), "{gateway}");
        visitor.log_out().await.unwrap();
        for client in [&mut visitor, &mut copy] {
            client.ask(Request::get("/app")).await.unwrap().is_problem(401, "not-logged-in").unwrap();
        }
        assert!(gateway.application.arrived().is_empty(), "{gateway}");
    })
    .await;
}
