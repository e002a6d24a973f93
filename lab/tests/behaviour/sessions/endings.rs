//! The calls that end an account's logins also end those that began or were used meanwhile, or at another service.

use std::time::Duration;

use authlab_endings::Reach;
use authlab_mechanism::{
    handover::Handover,
    items::{Opening, Which},
    login::Account,
    refusal::{Denied, Refusal},
};

use super::{
    Kept,
    service::{Service, holding, note, service, told},
};

/// The contract allows one second; the rest is for a busy machine.
const REACHED: Duration = Duration::from_secs(3);

pub(super) async fn a_login_with_a_replaced_password_never_lives(kept: &Kept) {
    let service = service(kept, 0, Reach::default()).await;
    let before = service.register("erin").await;
    let after = service.change_password(&before).await;
    assert!(matches!(service.log_in(&before).await, Err(Refusal::PasswordReplaced)), "the account is out of date");
    let id = service.log_in(&after).await.unwrap();
    assert_eq!(service.listed(&id).await, 1, "the refused login leaves no session");
}

pub(super) async fn a_password_change_ends_what_began_before_it(kept: &Kept) {
    let service = service(kept, 0, Reach::Off).await;
    let before = service.register("frank").await;
    let (own, other) = (service.log_in(&before).await.unwrap(), service.log_in(&before).await.unwrap());
    service.put(&own, "kept").await;
    let after = service.change_password(&before).await;
    let with_the_new_password = service.log_in(&after).await.unwrap();
    let renewed = service.replace_login(&own, &after).await;
    assert_eq!(service.that_live(&[own, other, with_the_new_password, renewed.clone()]).await, [2, 3]);
    let item = service.mechanism.item(&holding(&renewed), &note(), &Opening::default()).await.unwrap();
    assert_eq!(item.unwrap().value, "kept");
}

pub(super) async fn all_others_end_and_this_login_goes_on(kept: &Kept) {
    let service = service(kept, 0, Reach::default()).await;
    let (grace, heidi) = (service.register("grace").await, service.register("heidi").await);
    let mut ids = Vec::new();
    for account in [&grace, &grace, &grace, &heidi] {
        ids.push(service.log_in(account).await.unwrap());
    }
    let revocation = service.mechanism.revocation().unwrap();
    let handover = revocation.end_others(&holding(&ids[1])).await.unwrap();
    assert_eq!(told(&handover), None, "the client keeps its session id");
    assert_eq!(service.that_live(&ids).await, [1, 3]);
    revocation.end_others(&holding(&ids[1])).await.unwrap();
    assert_eq!(service.that_live(&ids).await, [1, 3], "the second call changes nothing");
    assert!(matches!(revocation.end_others(&holding(&ids[0])).await, Err(Refusal::NotLoggedIn(Denied::Ended))));
    revocation.end_all(&holding(&ids[1])).await.unwrap();
    assert_eq!(service.that_live(&ids).await, [3]);
}

/// Logins with one item each, and the account after a password change at another service: the store still has the
/// sessions.
async fn ended_elsewhere(service: &Service, username: &str, number: usize) -> (Vec<String>, Account) {
    let before = service.register(username).await;
    let mut ids = Vec::new();
    for _ in 0..number {
        let id = service.log_in(&before).await.unwrap();
        service.put(&id, "private").await;
        ids.push(id);
    }
    (ids, service.change_password(&before).await)
}

fn is_refused<T>(answer: Result<T, Refusal>) {
    assert!(matches!(answer.map(drop), Err(Refusal::NotLoggedIn(Denied::Ended))));
}

/// A login that ended at another service is refused by every verb, and its session shows and accepts nothing.
pub(super) async fn what_ended_elsewhere_is_no_session_for_any_verb(kept: &Kept) {
    let service = service(kept, 0, Reach::Read).await;
    let (ids, after) = ended_elsewhere(&service, "ivan", 11).await;
    let mechanism = &service.mechanism;
    let current = service.log_in(&after).await.unwrap();
    assert_eq!(service.listed(&current).await, 1, "the list contains only active logins");

    let recalled = mechanism.recall(&holding(&ids[0])).await.unwrap();
    assert!(recalled.login == Err(Denied::Ended) && recalled.items.is_empty());
    assert!(mechanism.item(&holding(&ids[1]), &note(), &Opening::default()).await.unwrap().is_none());
    let fresh = told(&service.put(&ids[2], "new").await).unwrap();
    assert_ne!(fresh, ids[2]);
    assert_eq!(mechanism.recall(&holding(&fresh)).await.unwrap().login.unwrap_err(), Denied::Missing);
    let removed: Handover = mechanism.remove_items(&holding(&ids[3]), Which::All).await.unwrap();
    assert!(removed.cookies.is_empty());
    is_refused(mechanism.record(&holding(&ids[4])).await);
    is_refused(mechanism.logins().unwrap().list(&holding(&ids[5])).await);
    is_refused(mechanism.revocation().unwrap().end_all(&holding(&ids[6])).await);
    is_refused(mechanism.revocation().unwrap().end_others(&holding(&ids[7])).await);
    let partial = mechanism.partial_logout().unwrap();
    for (id, left) in [
        (&ids[8], partial.delete_cookie(&holding(&ids[8])).await.unwrap()),
        (&ids[9], partial.delete_login(&holding(&ids[9])).await.unwrap()),
        (&ids[10], partial.clear(&holding(&ids[10])).await.unwrap()),
    ] {
        assert!(!left.record_left && !left.login_left);
        assert!(mechanism.item(&holding(id), &note(), &Opening::default()).await.unwrap().is_none());
    }
    assert_eq!(service.that_live(&ids).await, Vec::<usize>::new());
    assert!(service.lives(&current).await);
}

pub(super) async fn the_feed_tells_what_ended_elsewhere_unless_it_is_off(kept: &Kept) {
    let fed = service(kept, 0, Reach::Feed).await;
    let (ids, _) = ended_elsewhere(&fed, "judy", 1).await;
    let reached = async {
        while fed.lives(&ids[0]).await {
            // The service reads the feed in real time.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(REACHED, reached).await.expect("the feed delivers the ending");
    let deaf = service(kept, 0, Reach::Off).await;
    let (ids, _) = ended_elsewhere(&deaf, "ken", 1).await;
    assert!(deaf.lives(&ids[0]).await, "without the feed, other services' endings do not matter");
}
