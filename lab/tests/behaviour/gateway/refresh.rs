//! An expired access token is refreshed at the gateway, and both new cookies arrive at the browser as the service set them.

use authlab_client::{
    answer::Answer,
    request::Request,
    target::Target,
    visitor::{LoginWith, Visitor},
};
use axum::Router;
use futures_util::future::join_all;
use http::{HeaderName, header};

use super::{
    Gateway, KINDS, PAST_THE_END,
    application::{Application, serve},
    with_short_lived_tokens,
};
use crate::proxies::proxy::Kind;

/// The attributes of a cookie that the answer sets, without its value and without the moment of its end.
fn attributes(answer: &Answer, name: &str) -> Vec<String> {
    let lines = answer.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
    let found: Vec<&str> = lines.filter_map(|line| line.strip_prefix(&format!("{name}="))).collect();
    let [line] = *found else { panic!("{name} is not set once: {:?}", answer.headers) };
    line.split("; ").skip(1).map(|part| part.split("ax-Age=").next().unwrap().to_owned()).collect()
}

fn has_both_cookies(gateway: &Gateway, answer: &Answer, login: &Answer) {
    for name in ["token", "refresh"] {
        // The end of the family is the same, so even `expires` is.
        assert_eq!(attributes(answer, name), attributes(login, name), "{gateway}: {name}");
    }
    assert_eq!(answer.set_cookies().count(), 3, "{gateway}: the third is the application's");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_cookies_of_a_refresh_arrive() {
    let (_fleet, service) = with_short_lived_tokens().await;
    let gateways = join_all(KINDS.map(|kind| Gateway::start(kind, &service))).await;
    let gateways: Vec<Gateway> = gateways.into_iter().flatten().collect();
    let mut browsers = Vec::new();
    for gateway in &gateways {
        browsers.push(Visitor::register(gateway.client(), "alice", LoginWith::Form).await.unwrap());
    }
    tokio::time::sleep(PAST_THE_END).await;
    for (gateway, browser) in gateways.iter().zip(&mut browsers) {
        let login = browser.login.clone();
        // A use of the old access token with a body: the refresh happens while the body waits.
        let answer = browser.ask(Request::post("/app").body("text/plain", "text")).await.unwrap();
        answer.is(200).unwrap();
        has_both_cookies(gateway, &answer, &login);
        let arrived = gateway.application.one();
        assert_eq!((arrived.body, arrived.header("remote-user")), (4, Some("alice")), "{gateway}");

        // The new refresh token is good for the next refresh. A gateway that loses it ends the login here.
        let first = browser.client.jar().value("refresh").unwrap().to_owned();
        browser.client.jar_mut().forget("token");
        let answer = browser.ask(Request::get("/app")).await.unwrap();
        answer.is(200).unwrap();
        has_both_cookies(gateway, &answer, &login);
        assert_ne!(browser.client.jar().value("refresh").unwrap(), first, "{gateway}");
        let answer = browser.ask(Request::get("/app")).await.unwrap();
        assert_eq!((answer.status, answer.set_cookies().count()), (200, 1), "{gateway}");
        the_application_may_be_down(gateway.kind, &service, browser).await;
    }
}

/// The service has spent the old refresh token, so the new cookies must arrive with the error, too.
async fn the_application_may_be_down(kind: Kind, service: &Target, browser: &mut Visitor) {
    let gateway = Gateway::start_with(kind, service, Application::absent(), |text| text).await.unwrap();
    let mut copy = browser.client.fork_at(gateway.target());
    copy.jar_mut().forget("token");
    let answer = copy.once(Request::get("/app")).await.unwrap();
    assert!(matches!(answer.status, 502 | 503), "{gateway}: {}", answer.in_short());
    assert_eq!(answer.set_cookies().count(), 2, "{gateway}: {:?}", answer.headers);
}

/// nginx 1.22 sees the first line only; since 1.23 it joins all lines with a comma. A stub that joins them shows the same text to 1.22.
#[tokio::test(flavor = "multi_thread")]
async fn nginx_takes_joined_cookies_apart() {
    const ATTRIBUTES: &str = "expires=Fri, 11 Dec 2026 17:51:07 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax";
    let (token, refresh) = (format!("token=a.b; {ATTRIBUTES}"), format!("refresh=c_d; {ATTRIBUTES}"));
    for (line, expected) in [
        (format!("{token}, {refresh}"), vec![token.clone(), refresh]),
        (format!("sessionid=e; {ATTRIBUTES}"), vec![format!("sessionid=e; {ATTRIBUTES}")]),
    ] {
        let headers = [(HeaderName::from_static("remote-user"), "alice".to_owned()), (header::SET_COOKIE, line)];
        let service = serve(Router::new().fallback(async move || headers)).await;
        let Some(gateway) = Gateway::start(Kind::Nginx, &service).await else { return };
        let answer = gateway.client().once(Request::get("/app")).await.unwrap();
        let lines = answer.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
        let lines: Vec<&str> = lines.filter(|line| !line.starts_with("of_the_application")).collect();
        assert_eq!(lines, expected);
    }
}
