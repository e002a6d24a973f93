//! When sessions end and when their cookies are sent again, on a clock that the test sets.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{convert::identity, sync::Arc, time::Duration};

use authlab_clock::Clock;
use authlab_mechanism::{
    Mechanism,
    handover::{CookieChange, Handover},
    items::{NewItem, Sealing},
    login::{Account, Device, NewLogin},
    presented::Presented,
    refusal::Denied,
};
use authlab_service::{
    Ground, Service as _,
    settings::{Settings, defaults},
};
use session_svc::{SessionSettings, Store};
use tempfile::TempDir;

const IDLE: Duration = Duration::from_mins(20);
const JUST_SHORT_OF_IDLE: Duration = Duration::from_secs(20 * 60 - 1);
const ABSOLUTE: Duration = Duration::from_hours(1);

/// Every test runs with each of these stores.
const STORES: [Store; 2] = [Store::Memory, Store::Sql];

struct Service {
    mechanism: Arc<dyn Mechanism>,
    ground: Ground,
    clock: Clock,
    _folder: TempDir,
}

fn note() -> NewItem {
    NewItem { key: "note".parse().unwrap(), value: "kept".to_owned(), max_age: None, sealing: Sealing::default() }
}

/// A browser that keeps the cookies it gets.
#[derive(Default)]
struct Browser {
    id: Option<String>,
    max_age: Option<Duration>,
    times_told: usize,
}

impl Browser {
    fn keep(&mut self, handover: Handover) {
        for change in handover.cookies {
            self.times_told += 1;
            match change {
                CookieChange::Set(cookie) => {
                    (self.id, self.max_age) = (Some(cookie.value.expose().to_owned()), cookie.max_age);
                }
                CookieChange::Delete(_) => self.id = None,
            }
        }
    }

    fn presented(&self) -> Presented {
        let cookies = self.id.iter().map(|id| ("sessionid".to_owned(), authlab_secrets::Secret::new(id)));
        Presented::new(cookies.collect(), None, None)
    }
}

async fn service(store: Store, change: impl FnOnce(&mut SessionSettings)) -> Service {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual(1_790_000_000);
    let ground = Ground::open(&Settings::embedded(folder.path()), clock.clone()).await.unwrap();
    let mut settings: SessionSettings = defaults(identity);
    settings.session_store = Some(store);
    (settings.session_cookie_age, settings.session_absolute_age) = (IDLE, ABSOLUTE);
    change(&mut settings);
    Service { mechanism: settings.mechanism(&ground).await.unwrap(), ground, clock, _folder: folder }
}

impl Service {
    async fn logged_in(&self) -> Browser {
        let mut browser = Browser::default();
        let alice = Account { id: 1, username: "alice".to_owned(), generation: 0 };
        let (presented, device) = (&browser.presented(), &Device::default());
        let granted = self.mechanism.login(NewLogin::new(presented, &alice, device)).await.unwrap();
        browser.keep(granted.handover);
        browser
    }

    /// Whether the browser is logged in. It keeps the cookies of the answer.
    async fn knows(&self, browser: &mut Browser) -> Result<(), Denied> {
        let recalled = self.mechanism.recall(&browser.presented()).await.unwrap();
        browser.keep(recalled.handover);
        recalled.login.map(drop)
    }

    /// Sends a request every `step` until the login has ended. Returns how long that took.
    async fn comes_every(&self, step: Duration, browser: &mut Browser) -> Duration {
        let mut been_there = Duration::ZERO;
        while self.knows(browser).await.is_ok() {
            self.clock.advance(step);
            been_there += step;
        }
        been_there
    }
}

#[tokio::test]
async fn a_session_that_is_not_used_ends() {
    for store in STORES {
        let service = service(store, |_| {}).await;
        let mut browser = service.logged_in().await;
        assert_eq!(browser.max_age, Some(IDLE));
        service.clock.advance(JUST_SHORT_OF_IDLE);
        assert_eq!(service.knows(&mut browser).await, Ok(()), "and is prolonged by that");
        service.clock.advance(JUST_SHORT_OF_IDLE);
        assert_eq!(service.knows(&mut browser).await, Ok(()));
        service.clock.advance(IDLE);
        assert_eq!(service.knows(&mut browser).await, Err(Denied::Ended));
    }
}

#[tokio::test]
async fn a_login_ends_however_much_it_is_used() {
    for store in STORES {
        let service = service(store, |_| {}).await;
        let mut browser = service.logged_in().await;
        assert_eq!(service.comes_every(Duration::from_mins(5), &mut browser).await, ABSOLUTE);
    }
}

#[tokio::test]
async fn the_cookie_is_never_told_to_outlive_the_login() {
    for store in STORES {
        let service = service(store, |_| {}).await;
        let mut browser = service.logged_in().await;
        for _ in 0..11 {
            service.clock.advance(Duration::from_mins(5));
            service.knows(&mut browser).await.unwrap();
        }
        // The last prolongation was 40 minutes after the login, 20 minutes before its end.
        assert_eq!(browser.max_age, Some(IDLE));
        let mut other = service.logged_in().await;
        service.clock.advance(Duration::from_mins(15));
        service.knows(&mut other).await.unwrap();
        assert_eq!(other.max_age, Some(IDLE));
        service.clock.advance(Duration::from_mins(15));
        service.knows(&mut other).await.unwrap();
        service.clock.advance(Duration::from_mins(15));
        service.knows(&mut other).await.unwrap();
        assert_eq!(other.max_age, Some(Duration::from_mins(15)), "45 of 60 minutes are over");
    }
}

#[tokio::test]
async fn items_without_a_login_live_as_long_as_they_are_used() {
    for store in STORES {
        let service = service(store, |_| {}).await;
        let mut browser = Browser::default();
        browser.keep(service.mechanism.put_item(&browser.presented(), note()).await.unwrap());
        for _ in 0..30 {
            service.clock.advance(Duration::from_mins(10));
            let recalled = service.mechanism.recall(&browser.presented()).await.unwrap();
            assert_eq!(recalled.items["note"], "kept");
            browser.keep(recalled.handover);
        }
    }
}

/// Any client can begin a session without a login, and no account limits their number.
#[tokio::test]
async fn a_session_without_a_login_may_have_a_shorter_life() {
    for store in STORES {
        let brief = Duration::from_mins(2);
        let service = service(store, |settings| settings.anonymous_session_age = brief).await;
        let mut browser = Browser::default();
        browser.keep(service.mechanism.put_item(&browser.presented(), note()).await.unwrap());
        assert_eq!(browser.max_age, Some(brief));
        for _ in 0..5 {
            service.clock.advance(Duration::from_mins(1));
            let recalled = service.mechanism.recall(&browser.presented()).await.unwrap();
            assert_eq!(recalled.items["note"], "kept", "it is in use");
            browser.keep(recalled.handover);
        }
        service.clock.advance(brief);
        assert!(service.mechanism.recall(&browser.presented()).await.unwrap().items.is_empty());
        let mut login = service.logged_in().await;
        service.clock.advance(JUST_SHORT_OF_IDLE);
        assert_eq!(service.knows(&mut login).await, Ok(()), "a login lives as long as before");
    }
}

#[tokio::test]
async fn the_cookie_is_sent_now_and_then_or_on_every_request() {
    for store in STORES {
        for (every_request, times) in [(false, 1 + 2), (true, 1 + 120)] {
            let service = service(store.clone(), |settings| settings.session_save_every_request = every_request).await;
            let mut browser = service.logged_in().await;
            for _ in 0..120 {
                service.clock.advance(Duration::from_secs(1));
                service.knows(&mut browser).await.unwrap();
            }
            assert_eq!(browser.times_told, times, "once a minute is a twentieth of 20 minutes");
        }
    }
}

#[tokio::test]
async fn a_cookie_may_end_with_the_browser_and_the_session_by_the_clock_all_the_same() {
    for store in STORES {
        let service = service(store, |settings| settings.session_expire_at_browser_close = true).await;
        let mut browser = service.logged_in().await;
        assert_eq!(browser.max_age, None);
        service.clock.advance(JUST_SHORT_OF_IDLE);
        assert_eq!(service.knows(&mut browser).await, Ok(()));
        assert_eq!((browser.max_age, browser.times_told), (None, 1), "it need not be told again");
        service.clock.advance(IDLE);
        assert_eq!(service.knows(&mut browser).await, Err(Denied::Ended));
    }
}

/// A site that shares the session may prolong it, but not beyond the end of the login.
#[tokio::test]
async fn nobody_else_can_make_a_login_outlive_its_end() {
    let service = service(Store::Sql, |_| {}).await;
    let mut browser = service.logged_in().await;
    let prolong = sqlx::query("UPDATE django_session SET expire_date = '2099-01-01 00:00:00'");
    prolong.execute(service.ground.database.pool()).await.unwrap();
    service.clock.advance(Duration::from_secs(60 * 60 - 1));
    assert_eq!(service.knows(&mut browser).await, Ok(()));
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(service.knows(&mut browser).await, Err(Denied::Ended));
}
