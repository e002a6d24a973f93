//! Parallel refreshes, and refreshes that overlap logouts: the database decides their order.

use std::{collections::BTreeSet, time::Duration};

use authlab_client::{request::Request, visitor::refresh};
use futures_util::future::join_all;

use super::{Engine, is_invalid_grant, logins, member};

const AT_ONCE: usize = 50;
const ROUNDS: usize = 20;

/// Parallel refreshes at two instances, as behind a load balancer, give one family with one successor and end no login.
async fn one_successor(engine: &Engine) {
    let (one, other) = (engine.instance(|_, _| {}).await, engine.instance(|_, _| {}).await);
    let (mut alice, login) = one.logged_in("alice", "jwt").await;
    let token = member(&login["token"], "refresh_token");
    let tabs = (0..AT_ONCE).map(|tab| if tab % 2 == 0 { &one } else { &other });
    let answers = join_all(tabs.map(|instance| instance.spend(&token))).await;
    let mut successors = BTreeSet::new();
    for answer in answers {
        assert_eq!(answer.status, 200, "no refresh is refused: {}", answer.text());
        let pair = answer.json().unwrap();
        assert_eq!(other.asked(&member(&pair, "access_token")).await, 200);
        successors.insert(member(&pair, "refresh_token"));
    }
    assert_eq!(successors.len(), 1, "one successor");
    assert_eq!(logins(&mut alice).await.len(), 1, "one family");
    let successor = successors.first().unwrap();
    assert_eq!(other.spend(successor).await.status, 200, "the successor works");
}

/// Without a grace period only the first refresh succeeds. The second indicates theft and ends the family (RFC 9700
/// §4.14.2).
async fn one_winner_without_a_grace(engine: &Engine) {
    let instance = engine.instance(|_, mechanisms| mechanisms.token.refresh_grace = Duration::ZERO).await;
    let (_, login) = instance.logged_in("bob", "jwt").await;
    let token = member(&login["token"], "refresh_token");
    let answers = join_all((0..AT_ONCE).map(|_| instance.spend(&token))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|answer| is_invalid_grant(answer) && answer.set_cookies().count() == 0));
    let successor = member(&won[0].json().unwrap(), "refresh_token");
    assert!(is_invalid_grant(&instance.spend(&successor).await));
}

/// In either order, tokens from the refresh are refused after the logout.
async fn a_logout_is_final(engine: &Engine) {
    let instance = engine.instance(|_, _| {}).await;
    for _ in 0..ROUNDS {
        let (mut carol, login) = instance.logged_in("carol", "jwt").await;
        let token = member(&login["token"], "refresh_token");
        let logout = Request::post("/logout");
        let (refreshed, left) = tokio::join!(instance.spend(&token), carol.send(logout));
        assert_eq!(left.unwrap().status, 204);
        if refreshed.status == 200 {
            let pair = refreshed.json().unwrap();
            assert_eq!(instance.asked(&member(&pair, "access_token")).await, 401);
            assert!(is_invalid_grant(&instance.spend(&member(&pair, "refresh_token")).await));
        } else {
            assert!(is_invalid_grant(&refreshed), "{}", refreshed.text());
        }
        assert!(is_invalid_grant(&instance.spend(&token).await));
    }
    let (mut carol, _) = instance.logged_in("carol", "jwt").await;
    assert_eq!(logins(&mut carol).await.len(), 1, "no ended login is left in the list");
}

/// `DELETE /logins` refuses all tokens from overlapping refreshes too.
async fn the_end_of_all_is_final(engine: &Engine) {
    let instance = engine.instance(|_, _| {}).await;
    let (mut dave, login) = instance.logged_in("dave", "jwt").await;
    let mut tokens = vec![member(&login["token"], "refresh_token")];
    for _ in 0..5 {
        tokens.push(member(&instance.logged_in("dave", "jwt").await.1["token"], "refresh_token"));
    }
    let at_once = join_all(tokens.iter().map(|token| instance.spend(token)));
    let (refreshed, ended) = tokio::join!(at_once, dave.send(Request::delete("/logins")));
    assert_eq!(ended.unwrap().status, 204);
    for answer in refreshed.iter().filter(|answer| answer.status == 200) {
        let pair = answer.json().unwrap();
        assert!(is_invalid_grant(&instance.spend(&member(&pair, "refresh_token")).await));
        assert_eq!(instance.asked(&member(&pair, "access_token")).await, 401);
    }
    for token in &tokens {
        assert!(is_invalid_grant(&instance.somebody().deliver(&refresh(token)).await.unwrap()));
    }
}

macro_rules! on_both_engines {
    ($($sqlite:ident, $postgres:ident: $race:ident;)+) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $sqlite() {
            $race(&Engine::sqlite()).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn $postgres() {
            let Some(engine) = Engine::postgres().await else { return };
            $race(&engine).await;
        })+
    };
}

on_both_engines! {
    fifty_refreshes_at_once_have_one_successor_on_sqlite, fifty_refreshes_at_once_have_one_successor_on_postgresql: one_successor;
    without_a_grace_one_of_fifty_wins_on_sqlite, without_a_grace_one_of_fifty_wins_on_postgresql: one_winner_without_a_grace;
    a_refresh_revives_no_login_that_has_ended_on_sqlite, a_refresh_revives_no_login_that_has_ended_on_postgresql: a_logout_is_final;
    a_refresh_outlives_no_end_of_all_logins_on_sqlite, a_refresh_outlives_no_end_of_all_logins_on_postgresql: the_end_of_all_is_final;
}
