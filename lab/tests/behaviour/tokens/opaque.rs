//! Opaque tokens on both databases: the contract, parallel writes, and the contents of the table.

use authlab_client::{request::Request, visitor::put_item};
use authlab_mechanism::tokens::TokenKind;
use futures_util::future::join_all;
use serde_json::json;

use super::{Engine, Instance, logins, member};
use crate::support::contract;

const WRITERS: usize = 20;

/// `kind` is the default `TOKEN_KIND`, so that every clause uses such tokens.
async fn speaks_the_contract(engine: &Engine, kind: TokenKind) {
    let instance = engine.instance(|_, mechanisms| mechanisms.token.token_kind = kind).await;
    contract::holds_at(&instance.target).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_with_opaque_tokens_on_sqlite() {
    speaks_the_contract(&Engine::sqlite(), TokenKind::Opaque).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_with_opaque_tokens_on_postgresql() {
    let Some(engine) = Engine::postgres().await else { return };
    speaks_the_contract(&engine, TokenKind::Opaque).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_with_jwts_on_postgresql() {
    let Some(engine) = Engine::postgres().await else { return };
    speaks_the_contract(&engine, TokenKind::Jwt).await;
}

async fn parallel_writes_survive(engine: &Engine) {
    let (one, other) = (engine.instance(|_, _| {}).await, engine.instance(|_, _| {}).await);
    let (mut alice, _) = one.logged_in("alice", "opaque").await;
    let mut copies: Vec<_> =
        (0..WRITERS).map(|at| alice.fork_at(if at % 2 == 0 { &one } else { &other }.target.clone())).collect();
    let writes = copies
        .iter_mut()
        .enumerate()
        .map(|(at, copy)| copy.send(Request::put(format!("/items/item{at}")).json(&json!({"value": "kept"}))));
    for answer in join_all(writes).await {
        assert_eq!(answer.unwrap().status, 204);
    }
    let items = alice.send(Request::get("/items")).await.unwrap().json().unwrap();
    assert_eq!(items["items"].as_object().unwrap().len(), WRITERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_writes_survive_on_sqlite() {
    parallel_writes_survive(&Engine::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_writes_survive_on_postgresql() {
    let Some(engine) = Engine::postgres().await else { return };
    parallel_writes_survive(&engine).await;
}

/// A leaked database file contains no usable token.
#[tokio::test(flavor = "multi_thread")]
async fn no_token_stands_in_the_database() {
    let engine = Engine::sqlite();
    let instance = engine.instance(|_, _| {}).await;
    let (mut alice, opaque) = instance.logged_in("alice", "opaque").await;
    let (_, jwt) = instance.logged_in("alice", "jwt").await;
    let refreshed = instance.spend(&member(&jwt["token"], "refresh_token")).await.json().unwrap();
    assert_eq!(alice.send(put_item("note", "seen")).await.unwrap().status, 204);
    let Engine::Sqlite(folder) = &engine else { unreachable!() };
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let stands = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(stands("seen"), "the bytes contain the table's rows");
    for token in [
        member(&opaque["token"], "access_token"),
        member(&jwt["token"], "refresh_token"),
        member(&refreshed, "refresh_token"),
    ] {
        assert!(!stands(&token[token.len() / 2..]), "the database contains half of {token}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_devices_are_many_tokens_and_each_has_its_items() {
    let instance = Instance::with_defaults().await;
    let (mut phone, login) = instance.logged_in("alice", "opaque").await;
    let (mut laptop, _) = instance.logged_in("alice", "opaque").await;
    assert!(login["token"]["refresh_token"].is_null(), "it is its own row, and is not refreshed: {login}");
    assert_eq!(phone.send(put_item("note", "phone")).await.unwrap().status, 204);
    assert_eq!(laptop.send(Request::get("/items")).await.unwrap().json().unwrap()["items"], json!({}));
    assert_eq!(logins(&mut laptop).await.len(), 2);
    assert_eq!(phone.send(Request::post("/logout")).await.unwrap().status, 204);
    assert_eq!(logins(&mut laptop).await.len(), 1);
}
