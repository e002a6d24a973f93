//! `LOGINS_AT_MOST`: a login beyond the limit ends the least recently used one.

use authlab_endings::Reach;
use authlab_mechanism::login::Account;
use futures_util::{StreamExt as _, stream};
use session_svc::Store;

use super::{
    Kept,
    service::{A_MINUTE, Service, holding, service},
};

/// Logins that begin in parallel.
const AT_ONCE: usize = 20;
/// More than a store handles in one batch.
const MANY: usize = 1_200;

pub(super) async fn a_login_beyond_the_limit_ends_the_least_recently_used(kept: &Kept) {
    let service = service(kept, 3, Reach::default()).await;
    let alice = service.register("alice").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        service.clock.advance(A_MINUTE);
        ids.push(service.log_in(&alice).await.unwrap());
    }
    service.clock.advance(A_MINUTE);
    assert!(service.lives(&ids[0]).await, "the first login is active and now used");
    service.clock.advance(A_MINUTE);
    ids.push(service.log_in(&alice).await.unwrap());
    assert_eq!(service.that_live(&ids).await, [0, 2, 3]);
    assert_eq!(service.listed(&ids[3]).await, 3);

    service.mechanism.logout(&holding(&ids[2])).await.unwrap();
    ids.push(service.log_in(&alice).await.unwrap());
    assert_eq!(service.that_live(&ids).await, [0, 3, 4], "a logged-out login does not count");
    let bob = service.register("bob").await;
    ids.push(service.log_in(&bob).await.unwrap());
    assert_eq!(service.that_live(&ids).await, [0, 3, 4, 5], "each account has its own limit");
}

pub(super) async fn log_in_at_once(services: &[Service], account: &Account, number: usize) -> Vec<String> {
    let logins = (0..number).map(|at| services[at % services.len()].log_in(account));
    stream::iter(logins).buffer_unordered(AT_ONCE).map(Result::unwrap).collect().await
}

pub(super) async fn logins_at_the_same_time_stay_within_the_limit(kept: &Kept) {
    let mut services = vec![service(kept, 5, Reach::default()).await];
    if !matches!(kept.sessions, Store::Memory) {
        services.push(service(kept, 5, Reach::default()).await);
    }
    let carol = services[0].register("carol").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.extend(log_in_at_once(&services, &carol, AT_ONCE).await);
        let live = services[0].that_live(&ids).await;
        assert_eq!(live.len(), 5, "of {} logins", ids.len());
        assert_eq!(services[0].listed(&ids[live[0]]).await, 5);
    }
}

/// An instance without a limit has begun more logins than the limit of another instance.
pub(super) async fn a_lowered_limit_reaches_all_logins(kept: &Kept) {
    let unlimited = [service(kept, 0, Reach::default()).await];
    let dave = unlimited[0].register("dave").await;
    let mut ids = log_in_at_once(&unlimited, &dave, MANY).await;
    let listed = unlimited[0].listed(&ids[0]).await;
    assert!((1_000..=1_001).contains(&listed), "the list has {listed} logins");
    let limited = service(kept, 4, Reach::default()).await;
    ids.push(limited.log_in(&dave).await.unwrap());
    let last = ids.len() - 1;
    assert_eq!(limited.listed(&ids[last]).await, 4);
    let live = limited.that_live(&ids).await;
    assert!(live.len() == 4 && live.contains(&last), "{live:?}");
}
