//! The cookie mechanism without HTTP, on a clock that the test sets.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{convert::identity, time::Duration};

use authlab_clock::Clock;
use authlab_mechanism::{
    Mechanism as _,
    handover::{CookieChange, Handover, NewCookie},
    login::{Account, Device, NewLogin},
    presented::Presented,
    refusal::Denied,
};
use authlab_secrets::{Secret, keys::Keys};
use authlab_service::settings::defaults;
use cookie_svc::{CookieSettings, SignedCookies};

const OLD: &str = "0123456789abcdefghijklmnopqrstuvwxyzOLD";
const NEW: &str = "0123456789abcdefghijklmnopqrstuvwxyzNEW";
const NOW: i64 = 1_790_000_000;
const TWO_WEEKS: Duration = Duration::from_hours(14 * 24);

fn service(clock: &Clock, current: &str, fallbacks: &[&str]) -> SignedCookies {
    let fallbacks = fallbacks.iter().copied().map(Secret::new).collect();
    let keys = Keys::new(Secret::new(current), fallbacks).unwrap();
    SignedCookies::new(&keys, clock.clone(), &defaults::<CookieSettings>(identity), None)
}

/// The only cookie that the answer sets.
fn cookie(handover: &Handover) -> NewCookie {
    match &handover.cookies[..] {
        [CookieChange::Set(cookie)] => cookie.clone(),
        other => panic!("one cookie was expected, not {other:?}"),
    }
}

fn shows(cookie: &NewCookie) -> Presented {
    Presented::new(vec![(cookie.name.clone(), cookie.value.clone())], None, None)
}

async fn logged_in(service: &SignedCookies) -> NewCookie {
    let alice = Account { id: 1, username: "alice".to_owned(), generation: 0 };
    let (presented, device) = (Presented::default(), Device::default());
    let new = NewLogin { presented: &presented, account: &alice, device: &device, kind: None, into_cookies: true };
    let granted = service.login(new).await.unwrap();
    cookie(&granted.handover)
}

#[tokio::test]
async fn a_login_ends_by_its_stamp_and_not_by_the_browser() {
    let clock = Clock::manual(NOW);
    let service = service(&clock, NEW, &[]);
    let kept = shows(&logged_in(&service).await);
    clock.advance(TWO_WEEKS);
    assert!(service.recall(&kept).await.unwrap().login.is_ok(), "the last second still counts");
    clock.advance(Duration::from_secs(1));
    assert_eq!(service.recall(&kept).await.unwrap().login, Err(Denied::Expired));
}

#[tokio::test]
async fn a_login_from_the_future_is_refused() {
    let ahead = service(&Clock::manual(NOW + 61), NEW, &[]);
    let kept = shows(&logged_in(&ahead).await);
    let here = service(&Clock::manual(NOW), NEW, &[]);
    assert_eq!(here.recall(&kept).await.unwrap().login, Err(Denied::FromTheFuture));
}

#[tokio::test]
async fn a_login_of_a_former_key_is_signed_again_and_stays_the_same_login() {
    let clock = Clock::manual(NOW);
    let old = shows(&logged_in(&service(&clock, OLD, &[])).await);

    clock.advance(Duration::from_hours(24));
    let rotating = service(&clock, NEW, &[OLD]);
    let recalled = rotating.recall(&old).await.unwrap();
    let login = recalled.login.unwrap();
    let renewed = cookie(&recalled.handover);
    assert_eq!(renewed.max_age, Some(Duration::from_hours(13 * 24)), "it ends when it was to end");

    let rotated = service(&clock, NEW, &[]);
    let again = rotated.recall(&shows(&renewed)).await.unwrap();
    assert_eq!(again.login.unwrap(), login, "made when it was made, ending when it was to end");
    assert!(again.handover.cookies.is_empty(), "and signed no further time");
    assert_eq!(rotated.recall(&old).await.unwrap().login, Err(Denied::Forged), "the old key is gone");
}
