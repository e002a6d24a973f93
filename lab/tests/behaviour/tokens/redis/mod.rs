//! Opaque tokens in Redis, on the terms of sessions: on one server, with TLS, behind sentinels, and in a cluster.
//!
//! * [`costs`]: how many commands a request sends
//! * [`endings`]: the logins that end together, and those that began meanwhile
//! * [`faults`]: Redis does not answer, or cannot be used
//! * [`layout`]: keys and values, and who shares them

mod costs;
mod endings;
mod faults;
mod layout;

use std::path::PathBuf;

use authlab_client::{
    Client,
    request::Request,
    visitor::{password_change, put_item},
};
use authlab_mechanism::tokens::TokenKind;
use authlab_secrets::Secret;
use authlab_service::settings::LoginsAtMost;
use authlab_test_support::{Cluster, Redis, RedisWithTls, Sentinels};
use futures_util::future::join_all;
use token_svc::TokenStore;

use super::{Engine, Instance, logins};
use crate::support::contract;

const WRITERS: usize = 12;

/// The stores and settings that several instances share. The accounts are in SQLite.
struct Kept {
    engine: Engine,
    url: String,
    redis_ca: Option<PathBuf>,
    /// The setting `TOKEN_PREFIX`.
    prefix: Option<&'static str>,
    /// The setting `LOGINS_AT_MOST`.
    logins_at_most: u32,
}

impl Kept {
    fn at(url: String) -> Self {
        Self { engine: Engine::sqlite(), url, redis_ca: None, prefix: None, logins_at_most: 100 }
    }

    fn store(&self) -> TokenStore {
        TokenStore::Redis(Secret::new(self.url.clone()))
    }

    /// Logins that name no kind of token get an opaque one.
    async fn instance(&self) -> Instance {
        let instance = self.engine.instance(|settings, mechanisms| {
            settings.redis.redis_ca.clone_from(&self.redis_ca);
            settings.logins_at_most = LoginsAtMost(self.logins_at_most.try_into().ok());
            mechanisms.token.token_kind = TokenKind::Opaque;
            mechanisms.token.token_store = self.store();
            mechanisms.token.token_prefix = self.prefix.map(|prefix| prefix.parse().unwrap());
        });
        instance.await
    }
}

/// The status that the client's token gets at this instance.
async fn replayed(client: &Client, at: &Instance) -> u16 {
    client.fork_at(at.target.clone()).deliver(&Request::get("/mine")).await.unwrap().status
}

async fn speaks_the_contract(kept: &Kept) {
    let instance = kept.instance().await;
    contract::holds_at(&instance.target).await;
    let about = instance.somebody().send(Request::get("/about")).await.unwrap().json().unwrap();
    assert_eq!((&about["store"], &about["state_lives"]), (&"redis".into(), &"server".into()));
    let (mut client, _) = instance.logged_in("recorded", "opaque").await;
    let record = client.send(Request::get("/mine/record")).await.unwrap().json().unwrap();
    assert_eq!((&record["where"], &record["record"]["username"]), (&"redis".into(), &"recorded".into()));
    assert!(record["bytes"].as_u64().unwrap() > 0, "{record}");
}

/// All instances agree on logins and their endings, at once and after a restart.
async fn instances_agree_at_once(kept: &Kept) {
    let (here, there) = (kept.instance().await, kept.instance().await);
    let (client, _) = here.logged_in("alice", "opaque").await;
    assert_eq!(replayed(&client, &there).await, 200);
    let (mut phone, _) = there.logged_in("alice", "opaque").await;
    let listed = logins(&mut phone).await;
    assert_eq!(listed.len(), 2, "{listed:?}");
    let other = listed.iter().find(|login| login["current"] == false).unwrap();
    let end = Request::delete(format!("/logins/{}", other["id"].as_str().unwrap()));
    assert_eq!(phone.send(end).await.unwrap().status, 204);
    assert_eq!(replayed(&client, &here).await, 401, "the other instance refuses it at once");

    let ((client, _), (third, _)) = (here.logged_in("alice", "opaque").await, there.logged_in("alice", "jwt").await);
    assert_eq!(phone.send(Request::delete("/logins?except=current")).await.unwrap().status, 204);
    assert_eq!([replayed(&client, &there).await, replayed(&phone, &here).await], [401, 200]);
    assert_eq!([replayed(&third, &there).await, replayed(&phone, &there).await], [401, 200]);

    let (client, _) = here.logged_in("alice", "opaque").await;
    let before = phone.fork();
    assert_eq!(phone.send(password_change()).await.unwrap().status, 200);
    for (client, status) in [(&client, 401), (&before, 401), (&phone, 200)] {
        assert_eq!([replayed(client, &here).await, replayed(client, &there).await], [status; 2]);
    }
    let again = kept.instance().await;
    assert_eq!(replayed(&phone, &again).await, 200, "a restart ends no login");
    assert_eq!(replayed(&client, &again).await, 401, "an ended login stays ended");
    assert_eq!(phone.send(Request::delete("/logins")).await.unwrap().status, 204);
    assert_eq!(replayed(&phone, &here).await, 401);
}

/// Parallel writes with one token at two instances: every item is stored.
async fn parallel_writes_survive(kept: &Kept) {
    let (here, there) = (kept.instance().await, kept.instance().await);
    let (mut client, _) = here.logged_in("bob", "opaque").await;
    assert_eq!(writes(&client, [&here, &there]).await, [204; WRITERS]);
    let items = client.send(Request::get("/items")).await.unwrap().json().unwrap();
    assert_eq!(items["items"].as_object().unwrap().len(), WRITERS, "{items}");
}

async fn writes(client: &Client, at: [&Instance; 2]) -> Vec<u16> {
    let writes = (0..WRITERS).map(|number| {
        let mut writer = client.fork_at(at[number % 2].target.clone());
        async move { writer.send(put_item(&format!("item{number}"), "kept")).await.unwrap().status }
    });
    join_all(writes).await
}

/// Writes that overlap a logout succeed or get 401, and the login stays ended.
async fn a_write_never_brings_a_login_back(kept: &Kept) {
    let (here, there) = (kept.instance().await, kept.instance().await);
    for turn in 0..5 {
        let (mut client, _) = here.logged_in("carol", "opaque").await;
        let copy = client.fork();
        let (statuses, logout) = tokio::join!(writes(&copy, [&here, &there]), client.send(Request::post("/logout")));
        assert_eq!(logout.unwrap().status, 204);
        assert!(statuses.iter().all(|status| [204, 401].contains(status)), "{statuses:?}");
        assert_eq!([replayed(&copy, &here).await, replayed(&copy, &there).await], [401, 401], "turn {turn}");
    }
    let (mut client, _) = here.logged_in("carol", "opaque").await;
    assert_eq!(logins(&mut client).await.len(), 1, "no ended login is left in the list");
}

async fn instances_share_their_tokens(kept: &Kept) {
    instances_agree_at_once(kept).await;
    parallel_writes_survive(kept).await;
    a_write_never_brings_a_login_back(kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_with_opaque_tokens_on_redis() {
    let Some(redis) = Redis::start().await else { return };
    speaks_the_contract(&Kept::at(redis.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_with_opaque_tokens_on_a_cluster() {
    let Some(cluster) = Cluster::start().await else { return };
    speaks_the_contract(&Kept::at(cluster.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_tokens_on_redis() {
    let Some(redis) = Redis::start().await else { return };
    instances_share_their_tokens(&Kept::at(redis.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_tokens_on_redis_with_tls() {
    let Some(redis) = RedisWithTls::start().await else { return };
    let kept = Kept { redis_ca: Some(redis.authority()), ..Kept::at(redis.url()) };
    instances_share_their_tokens(&kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_tokens_behind_sentinels() {
    let Some(sentinels) = Sentinels::start().await else { return };
    instances_share_their_tokens(&Kept::at(sentinels.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_tokens_on_a_cluster() {
    let Some(cluster) = Cluster::start().await else { return };
    instances_share_their_tokens(&Kept::at(cluster.url())).await;
}
