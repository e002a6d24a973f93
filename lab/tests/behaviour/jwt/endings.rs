//! An ended or expired token stays refused: in another spelling, by another carrier, and if its signature is in the
//! cache of verified tokens.

use std::time::Duration;

use authlab_client::{
    request::Request,
    visitor::{password_change, put_item},
};
use authlab_endings::Reach;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use token_svc::Algorithm;

use super::{ALL, Service, logged_in, parts, token};

/// The order n of P-256 (SP 800-186 §3.2.1.3). If (r, s) is a valid signature, (r, n - s) is valid too.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_ends_a_token_that_is_remembered() {
    for algorithm in ALL {
        let service = Service::start(algorithm).await;
        let mut alice = service.alice().await;
        let copy = token(&alice);
        // Except with HS256, the second request uses the cached verification.
        assert_eq!((service.asked(&copy).await, service.asked(&copy).await), (200, 200));
        let another = token(&service.alice().await);
        assert_eq!(alice.send(Request::post("/logout")).await.unwrap().status, 204);
        for _ in 0..3 {
            assert_eq!(service.asked(&copy).await, 401, "{algorithm}");
        }
        assert_eq!(service.asked(&another).await, 200, "{algorithm}: another login stays active");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_change_ends_all_tokens_that_are_remembered() {
    for algorithm in ALL {
        let service = Service::start(algorithm).await;
        let mut alice = service.alice().await;
        let copies = [token(&alice), token(&service.alice().await)];
        for copy in &copies {
            assert_eq!((service.asked(copy).await, service.asked(copy).await), (200, 200));
        }
        assert_eq!(alice.send(password_change()).await.unwrap().status, 200);
        for copy in &copies {
            assert_eq!(service.asked(copy).await, 401, "{algorithm}");
        }
        assert_eq!(service.asked(&token(&alice)).await, 200, "{algorithm}: this login continues with its new token");
    }
}

/// A write that overlaps a logout gets a new token of the ended login.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_written_beside_a_logout_ends_with_its_login() {
    for algorithm in ALL {
        let service = Service::start(algorithm).await;
        let mut alice = service.alice().await;
        let mut writes = alice.fork();
        let item = put_item("note", "late");
        assert_eq!(writes.send(item.clone()).await.unwrap().status, 200);
        assert_ne!(token(&writes), token(&alice));
        assert_eq!(service.asked(&token(&writes)).await, 200);
        assert_eq!(alice.send(Request::post("/logout")).await.unwrap().status, 204);
        assert_eq!(service.asked(&token(&writes)).await, 401, "{algorithm}");
        assert_eq!(writes.send(item).await.unwrap().status, 401, "{algorithm}: an ended login cannot write");
    }
}

/// Deny-list bypass: a login is ended by its id, not by the text of a token.
#[tokio::test(flavor = "multi_thread")]
async fn an_ended_token_has_ended_in_every_spelling_and_by_every_carrier() {
    for algorithm in ALL {
        let service = Service::start(algorithm).await;
        let mut alice = service.alice().await;
        let token = token(&alice);
        let twins: Vec<String> = [token.clone()].into_iter().chain(twin(algorithm, &token)).collect();
        let carried = |token: &str| {
            [
                Request::get("/mine").bearer(token),
                Request::get("/mine").header(http::header::AUTHORIZATION, &format!("bearer {token}")),
                Request::get("/mine").header(http::header::AUTHORIZATION, &format!("BEARER {token}")),
                Request::get("/mine").cookie("token", token),
                Request::get("/mine").cookie("token", &format!("\"{token}\"")),
                Request::get("/mine").token_in_query(token),
            ]
        };
        for request in twins.iter().flat_map(|twin| carried(twin)) {
            assert_eq!(service.deliver(request.clone()).await, 200, "{algorithm}: {request:?}");
        }
        assert_eq!(alice.send(Request::post("/logout")).await.unwrap().status, 204);
        for request in twins.iter().flat_map(|twin| carried(twin)) {
            assert_eq!(service.deliver(request.clone()).await, 401, "{algorithm}: {request:?}");
        }
        for spelling in respelt(&token) {
            for request in carried(&spelling) {
                // 400 if the text cannot be a token (RFC 6750 §2.1), or if the cookie syntax cuts it in two.
                let status = service.deliver(request).await;
                assert!(matches!(status, 400 | 401), "{algorithm}: {status} for {spelling:?}");
            }
        }
    }
}

/// Another text with a valid signature. Anybody can derive it from an ES256 token.
fn twin(algorithm: Algorithm, token: &str) -> Option<String> {
    let [header, claims, signature] = parts(token);
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i16::from(ORDER[at]) - i16::from(*bytes.get(32 + at)?) - borrow;
        borrow = i16::from(difference < 0);
        bytes[32 + at] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    (algorithm == Algorithm::Es256).then(|| format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// Variants that lenient decoders accept as the same token.
fn respelt(token: &str) -> Vec<String> {
    let next = |last: char| char::from_u32(u32::from(last) + 1).filter(char::is_ascii_alphanumeric).unwrap_or('B');
    let (kept, last) = token.split_at(token.len() - 1);
    let mut all: Vec<String> =
        ["=", "==", ".", " ", "%00", "%0A"].iter().map(|more| format!("{token}{more}")).collect();
    all.extend([
        format!("{kept}{}", next(last.chars().next().unwrap())),
        format!(" {token}"),
        format!("{token}.{token}"),
    ]);
    all.push(token.replace('-', "+").replace('_', "/") + "=");
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remembered_token_expires() {
    let fleet = authlab_fleet::Fleet::start_with(|settings, mechanisms| {
        settings.revocation = Reach::Off;
        mechanisms.token.jwt_alg = Algorithm::EdDsa;
        mechanisms.token.access_token_lifetime = Duration::from_secs(1);
    });
    let fleet = fleet.await.unwrap();
    let target = fleet.targets().into_iter().find(|target| target.name == "token-svc").unwrap();
    let mut client = logged_in(&target, "alice").await;
    let mine = Request::get("/mine");
    for _ in 0..2 {
        assert_eq!(client.deliver(&mine).await.unwrap().status, 200);
    }
    // The service runs on the real clock: one second of lifetime, five of leeway, and the rest of the second of issue.
    tokio::time::sleep(Duration::from_millis(7_100)).await;
    assert_eq!(client.deliver(&mine).await.unwrap().status, 401);
}
