//! A gateway whose service is down, out of order or replaced by a stub: the application is closed, and the service sees no forged header.

use std::{
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use authlab_client::{request::Request, target::Target};
use axum::{Router, extract, response::IntoResponse as _};
use http::{HeaderName, StatusCode};
use tokio::time::timeout;

use super::{
    application::{Arrived, arrived, serve},
    each_gateway, quiet_port,
};
use crate::proxies::target;

/// A service that gives every request this answer.
async fn stub(status: StatusCode) -> Target {
    serve(Router::new().fallback(async move || status)).await
}

fn requests() -> [Request; 3] {
    [Request::get("/app"), Request::get("/app").from_a_browser(), Request::post("/app").body("text/plain", "text")]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_is_closed_while_the_service_is_down() {
    let down = target("a-service-that-is-down", quiet_port());
    let out_of_order = stub(StatusCode::SERVICE_UNAVAILABLE).await;
    each_gateway(&[down, out_of_order], async |gateway| {
        for request in requests() {
            let answer = gateway.client().once(request).await.unwrap();
            assert_eq!(answer.status, 503, "{gateway}: {}", answer.in_short());
        }
        assert!(gateway.application.arrived().is_empty(), "{gateway}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_is_closed_while_the_service_hangs() {
    let hangs = serve(Router::new().fallback(async || pending::<()>().await)).await;
    each_gateway(&[hangs], async |gateway| {
        let answer = timeout(Duration::from_secs(25), async { gateway.client().once(Request::get("/app")).await });
        let answer = answer.await.expect("the gateway gives up").unwrap();
        assert_eq!(answer.status, 503, "{gateway}: {}", answer.in_short());
        assert!(gateway.application.arrived().is_empty(), "{gateway}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_verify_never_gives_opens_nothing() {
    let mut stubs = Vec::new();
    for status in [302, 304, 400, 403, 404, 429, 500, 502] {
        stubs.push(stub(StatusCode::from_u16(status).unwrap()).await);
    }
    each_gateway(&stubs, async |gateway| {
        for request in requests() {
            let answer = gateway.client().once(request).await.unwrap();
            assert!(!matches!(answer.status, 200..300 | 401), "{gateway}: {}", answer.in_short());
        }
        assert!(gateway.application.arrived().is_empty(), "{gateway}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_sees_the_clients_request_and_nothing_forged() {
    let seen = Arc::new(Mutex::new(Vec::<Arrived>::new()));
    let service = {
        let seen = seen.clone();
        serve(Router::new().fallback(async move |request: extract::Request| {
            let arrived = arrived(request).await;
            seen.lock().unwrap().push(arrived);
            StatusCode::UNAUTHORIZED.into_response()
        }))
        .await
    };
    each_gateway(&[service], async |gateway| {
        // The name of the gateway tells its requests from the others'.
        let mine = format!("gateway={:?}", gateway.kind);
        for path in [format!("/app/a?{mine}"), format!("/login?{mine}")] {
            let mut request = Request::post(path).body("text/plain", "text").cookie("of", "the-client");
            for name in ["remote-user", "remote_user", "x-account-id", "x_account_id", "x-login-id", "x-gateway-key"]
                .into_iter()
                .chain(["x-forwarded-uri", "x-original-uri", "x-original-method", "x-forwarded-method"])
            {
                request = request.header(HeaderName::from_static(name), "/forged");
            }
            request = request.header(HeaderName::from_static("x-forwarded-for"), "203.0.113.9");
            gateway.client().once(request).await.unwrap().is(401).unwrap();
        }
        let of_this_gateway = |arrived: &&Arrived| {
            arrived.uri.contains(&mine)
                || arrived.headers.get("x-forwarded-uri").is_some_and(|uri| uri.to_str().unwrap().contains(&mine))
        };
        let seen: Vec<Arrived> = seen.lock().unwrap().iter().filter(of_this_gateway).cloned().collect();
        let [asked, login] = &*seen else { panic!("{gateway}: {seen:?}") };
        let uri = format!("/app/a?{mine}");
        assert_eq!((asked.header("x-forwarded-uri"), asked.header("x-forwarded-method")), (Some(&*uri), Some("POST")));
        assert!(asked.uri.starts_with("/verify?refresh=on"), "{gateway}: {asked:?}");
        assert_eq!((asked.body, login.body), (0, 4), "{gateway}: only a path of the service gets the body");
        for arrived in [asked, login] {
            assert_eq!(arrived.header("x-forwarded-for"), Some("127.0.0.1"), "{gateway}");
            assert_eq!(arrived.header("host"), Some(&*gateway.target().authority()), "{gateway}");
            assert_eq!(arrived.header("cookie"), Some("of=the-client"), "{gateway}");
            assert!(!arrived.headers.values().any(|value| value == "/forged"), "{gateway}: {arrived:?}");
        }
    })
    .await;
}
