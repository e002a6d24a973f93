//! `/verify` as a gateway asks it: the way back to the client's request, and what a refresh hands over.

use std::time::Duration;

use authlab_client::{
    Client,
    answer::Answer,
    request::Request,
    visitor::{LoginWith, Visitor},
};
use authlab_fleet::Fleet;
use http::HeaderName;

use super::{PAST_THE_END, behind_a_gateway, with_short_lived_tokens};

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-uri");
const ORIGINAL: HeaderName = HeaderName::from_static("x-original-uri");

fn way_to_the_login(answer: &Answer) -> &str {
    assert_eq!(answer.status, 401, "{}", answer.in_short());
    answer.header("x-login-location").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_the_login_leads_back_to_the_clients_request() {
    let fleet = Fleet::start_with(behind_a_gateway).await.unwrap();
    for target in fleet.targets() {
        let mut client = Client::new(target, "lab");
        for request in [
            Request::get("/verify").header(FORWARDED, "/a/b?c=d&e=f"),
            Request::post("/verify?refresh=on").header(ORIGINAL, "/a/b?c=d&e=f"),
            Request::get("/verify").header(ORIGINAL, "/other").header(FORWARDED, "/a/b?c=d&e=f"),
            Request::get("/verify/a/b?c=d&e=f"),
        ] {
            let answer = client.send(request).await.unwrap();
            assert_eq!(way_to_the_login(&answer), "/login?next=%2Fa%2Fb%3Fc%3Dd%26e%3Df");
        }
        let too_long = format!("/{}", "a".repeat(1_024));
        let hostile = [
            "//evil.example",
            "/\\evil.example",
            "http://evil.example/",
            "mine",
            "/a b",
            "/\u{e4}",
            "",
            "/a?token=b",
            &too_long,
        ];
        for elsewhere in hostile {
            let answer = client.send(Request::get("/verify").header(FORWARDED, elsewhere)).await.unwrap();
            assert_eq!(way_to_the_login(&answer), "/login", "{elsewhere}");
        }
        let unreadable = Request::get("/verify").header(HeaderName::from_static("x-large"), &"a".repeat(17_000));
        assert_eq!(way_to_the_login(&client.send(unreadable).await.unwrap()), "/login", "not even the head was read");
        let led = Request::get("/verify?redirect=on").header(FORWARDED, "/a?b").from_a_browser();
        let answer = client.send(led).await.unwrap();
        assert_eq!((answer.status, answer.header("location")), (303, Some("/login?next=%2Fa%3Fb")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_no_trusted_gateway_does_not_choose_the_way_back() {
    let fleet = Fleet::start().await.unwrap();
    for target in fleet.targets() {
        let mut client = Client::new(target, "lab");
        for request in [Request::get("/verify").header(FORWARDED, "/a"), Request::get("/verify/a")] {
            assert_eq!(way_to_the_login(&client.send(request).await.unwrap()), "/login");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_refreshed_only_where_the_gateway_passes_cookies_on() {
    let (_fleet, target) = with_short_lived_tokens().await;
    let browser = Visitor::register(Client::new(target, "lab"), "alice", LoginWith::Form).await.unwrap();
    tokio::time::sleep(PAST_THE_END).await;

    // A parameter of the client's own request spends nothing, or a link from another site could end the login.
    for path in ["/verify", "/verify/a?refresh=on", "/verify/?refresh=on", "/verify?refresh=off"] {
        let mut tab = browser.copy();
        let answer = tab.ask(Request::get(path).header(FORWARDED, "/a?b")).await.unwrap();
        assert_eq!(answer.set_cookies().count(), 0, "{path}");
        assert_eq!(way_to_the_login(&answer), "/login?refresh=on&next=%2Fa%3Fb", "{path}");
    }
    let mut tab = browser.copy();
    let page = Request::get("/login?refresh=on&next=%2Fa%3Fb").from_a_browser();
    let answer = tab.ask(page.clone()).await.unwrap();
    assert_eq!((answer.status, answer.header("location")), (303, Some("/a?b")), "{}", answer.in_short());
    assert_eq!(answer.set_cookies().count(), 2);
    tab.ask(Request::get("/verify")).await.unwrap().is_empty(200).unwrap();

    let mut tab = browser.copy();
    let answer = tab.ask(Request::post("/verify?refresh=on")).await.unwrap();
    answer.is_empty(200).unwrap();
    assert_eq!(answer.set_cookies().count(), 2, "both lines of a refresh");

    // An instance whose clock is behind refreshes a token that has not expired for it, too, or the browser would go round in a circle.
    let answer = tab.copy().ask(page.clone()).await.unwrap();
    assert_eq!((answer.status, answer.set_cookies().count()), (303, 2));

    // Where nothing can be refreshed, the same address is the form, so that it cannot lead in a circle.
    tab.log_out().await.unwrap();
    let answer = browser.copy().ask(page).await.unwrap();
    assert_eq!((answer.status, answer.set_cookies().count()), (200, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_prolonged_only_where_the_gateway_passes_cookies_on() {
    let fleet = Fleet::start_with(|_, mechanisms| mechanisms.session.session_save_every_request = true);
    let fleet = fleet.await.unwrap();
    let target = fleet.targets().into_iter().find(|target| target.name == "session-svc").unwrap();
    let mut browser = Visitor::register(Client::new(target, "lab"), "alice", LoginWith::Form).await.unwrap();
    let last_seen = async |browser: &mut Visitor| browser.logins().await.unwrap()[0]["last_seen_at"].clone();
    let begun = last_seen(&mut browser).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let answer = browser.ask(Request::get("/verify")).await.unwrap();
    answer.is_empty(200).unwrap();
    assert_eq!((answer.set_cookies().count(), last_seen(&mut browser).await), (0, begun.clone()));
    let answer = browser.ask(Request::get("/verify?refresh=on")).await.unwrap();
    answer.is_empty(200).unwrap();
    assert_eq!(answer.set_cookies().count(), 1);
    assert_ne!(last_seen(&mut browser).await, begun);
}
