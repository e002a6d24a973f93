//! Which keys Redis contains for opaque tokens, and who shares them.

use authlab_client::{request::Request, visitor::put_item};
use authlab_secrets::Secret;
use authlab_test_support::{Cluster, Redis};
use session_svc::Store;

use super::{Kept, logins, replayed};
use crate::{support::visitor::logged_in, tokens::member};

#[tokio::test(flavor = "multi_thread")]
async fn what_redis_holds_is_no_usable_token() {
    let Some(redis) = Redis::start().await else { return };
    let instance = Kept::at(redis.url()).instance().await;
    let (mut client, login) = instance.logged_in("alice", "opaque").await;
    assert_eq!(client.send(put_item("note", "seen")).await.unwrap().status, 204);
    let token = member(&login["token"], "access_token");
    let dump = redis.dump().unwrap();
    let holds = |text: &str| dump.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("seen") && holds("alice"), "the dump contains the values");
    let without_bucket = "authlab_u_".len() + 2;
    assert!(!holds(&token[without_bucket..]) && !holds(&token[token.len() / 2..]), "{token}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_expire_in_redis_and_ended_ones_leave_nothing() {
    let Some(redis) = Redis::start().await else { return };
    let instance = Kept { prefix: Some("shop:"), ..Kept::at(redis.url()) }.instance().await;
    let (mut client, _) = instance.logged_in("alice", "opaque").await;
    let (_, _) = instance.logged_in("alice", "opaque").await;
    let lives = "local least = 1e9 for _, key in ipairs(redis.call('KEYS', 'shop:token:{*')) do \
                 least = math.min(least, redis.call('TTL', key)) end return least";
    let seconds: i64 = redis.ask(&format!("EVAL \"{lives}\" 0")).unwrap().trim()[1..].parse().unwrap();
    assert!((1_209_000..=1_209_600).contains(&seconds), "{seconds}");
    assert_eq!(redis.ask("DBSIZE").unwrap().trim(), ":3", "two logins and their index");
    assert_eq!(client.send(Request::delete("/logins")).await.unwrap().status, 204);
    assert_eq!(redis.ask("DBSIZE").unwrap().trim(), ":0");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_account_lies_in_one_slot_of_a_cluster() {
    let Some(cluster) = Cluster::start().await else { return };
    let instance = Kept::at(cluster.url()).instance().await;
    for turn in 0..12 {
        let username = format!("user{turn}");
        let (mut phone, _) = instance.logged_in(&username, "opaque").await;
        let (_, _) = instance.logged_in(&username, "opaque").await;
        assert_eq!(logins(&mut phone).await.len(), 2, "{username}");
        assert_eq!(phone.send(Request::delete("/logins")).await.unwrap().status, 204, "{username}");
    }
    assert!(cluster.ask("DBSIZE").unwrap().iter().all(|said| said.trim() == ":0"));
}

/// Two deployments have the same account ids and usernames.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_deployment_opens_nothing_at_another() {
    let Some(redis) = Redis::start().await else { return };
    let (one, other) = (Kept::at(redis.url()), Kept::at(redis.url()));
    let (here, there) = (one.instance().await, other.instance().await);
    let ((own, _), (mut stranger, _)) =
        (here.logged_in("alice", "opaque").await, there.logged_in("alice", "opaque").await);
    assert_eq!([replayed(&stranger, &here).await, replayed(&own, &there).await], [401, 401]);
    assert_eq!(stranger.send(Request::delete("/logins")).await.unwrap().status, 204);
    assert_eq!(replayed(&own, &here).await, 200);
}

/// Sessions and tokens of one account are in one Redis, even with the same prefix, and do not count as each other.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_tokens_share_a_redis_and_no_keys() {
    let Some(redis) = Redis::start().await else { return };
    for prefix in [None, Some("shop:")] {
        let kept = Kept { prefix, ..Kept::at(redis.url()) };
        let fleet = authlab_fleet::Fleet::start_with(|settings, mechanisms| {
            settings.database_url = Some(kept.engine.url());
            mechanisms.token.token_store = kept.store();
            mechanisms.session.session_store = Some(Store::Redis(Secret::new(redis.url())));
            for setting in [&mut mechanisms.token.token_prefix, &mut mechanisms.session.session_prefix] {
                *setting = prefix.map(|prefix| prefix.parse().unwrap());
            }
        });
        let fleet = fleet.await.unwrap();
        let named = |name: &str| fleet.targets().into_iter().find(|target| target.name == name).unwrap();
        let (sessions, tokens) = (named("session-svc"), named("token-svc"));
        let mut browser = logged_in(&sessions, "alice").await;
        let (mut program, _) = crate::tokens::logged_in(&tokens, "alice", "opaque").await;
        assert_eq!((logins(&mut browser).await.len(), logins(&mut program).await.len()), (1, 1));
        assert_eq!(browser.send(Request::delete("/logins")).await.unwrap().status, 204);
        assert_eq!(program.send(Request::get("/mine")).await.unwrap().status, 200);
        assert_eq!(program.send(Request::delete("/logins")).await.unwrap().status, 204);
    }
    assert_eq!(redis.ask("DBSIZE").unwrap().trim(), ":0");
}
