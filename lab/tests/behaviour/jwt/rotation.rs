//! The key rotation of `docs/tokens.md`: a new key signs, the old one becomes a fallback and is then dropped. The
//! algorithm may change too.

use std::path::PathBuf;

use authlab_client::{Client, answer::Answer, request::Request, target::Target, visitor::put_item};
use authlab_endings::Reach;
use authlab_fleet::Fleet;
use authlab_secrets::Secret;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use token_svc::{Algorithm, FormerKey, KeyRing};

use super::{ALL, SECRET, object, parts, secret_keys, token};
use crate::support::visitor::logged_in;

/// The files that survive a restart.
struct Ground {
    folder: tempfile::TempDir,
}

#[derive(Clone)]
struct KeyOf {
    algorithm: Algorithm,
    file: PathBuf,
}

impl Ground {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn key(&self, algorithm: Algorithm, name: &str) -> KeyOf {
        KeyOf { algorithm, file: self.folder.path().join(name) }
    }

    /// Starts the service with this key and these former keys.
    async fn start(&self, key: &KeyOf, formers: &[FormerKey]) -> (Fleet, Target) {
        let fleet = Fleet::start_with(|settings, mechanisms| {
            let database = self.folder.path().join("shared.sqlite3");
            settings.database_url = Some(format!("sqlite:{}", database.display()));
            settings.secret_key = Some(Secret::new(SECRET));
            settings.revocation = Reach::Read;
            mechanisms.token.jwt_alg = key.algorithm;
            mechanisms.token.jwt_key_file = (key.algorithm != Algorithm::Hs256).then(|| key.file.clone());
            mechanisms.token.jwt_key_fallbacks = formers.to_vec();
        });
        let fleet = fleet.await.unwrap();
        let target = fleet.targets().into_iter().find(|target| target.name == "token-svc").unwrap();
        (fleet, target)
    }
}

impl KeyOf {
    fn as_former(&self) -> FormerKey {
        if self.algorithm == Algorithm::Hs256 { FormerKey::Hs256 } else { FormerKey::File(self.file.clone()) }
    }
}

async fn mine(client: &Client, at: &Target) -> Answer {
    client.fork_at(at.clone()).deliver(&Request::get("/mine")).await.unwrap()
}

/// The account name and the times of issue and expiry.
fn login(mine: &Answer) -> [Value; 3] {
    assert_eq!(mine.status, 200, "{}", mine.text());
    let body = mine.json().unwrap();
    ["username", "issued_at", "expires_at"].map(|member| body[member].clone())
}

fn alg_and_kid(client: &Client) -> [Value; 2] {
    let header = object(parts(&token(client))[0]);
    ["alg", "kid"].map(|member| header[member].clone())
}

/// `former` is the entry of the old key among the fallbacks.
async fn a_rotation_logs_nobody_out(ground: &Ground, old: &KeyOf, new: &KeyOf, former: FormerKey) {
    let (fleet, target) = ground.start(old, &[]).await;
    let (stays, mut writes) = (logged_in(&target, "alice").await, logged_in(&target, "alice").await);
    let before = [login(&mine(&stays, &target).await), login(&mine(&writes, &target).await)];
    let of_old = alg_and_kid(&stays);
    drop(fleet);

    let (fleet, target) = ground.start(new, &[former]).await;
    assert_eq!(login(&mine(&stays, &target).await), before[0], "the same login with the same times");
    writes = writes.fork_at(target.clone());
    let note = put_item("note", "of after");
    assert_eq!(writes.send(note).await.unwrap().status, 200);
    assert_ne!(alg_and_kid(&writes), of_old, "what is written is signed with the new key");
    assert_eq!(login(&mine(&writes, &target).await), before[1], "and is the same login");
    let newcomer = logged_in(&target, "alice").await;
    assert_eq!(alg_and_kid(&newcomer), alg_and_kid(&writes));
    drop(fleet);

    let (_fleet, target) = ground.start(new, &[]).await;
    assert_eq!(mine(&stays, &target).await.status, 401, "the old key was dropped");
    assert_eq!(login(&mine(&writes, &target).await), before[1], "tokens of the new key stay valid");
    login(&mine(&newcomer, &target).await);
    assert_eq!(writes.fork_at(target.clone()).send(Request::post("/logout")).await.unwrap().status, 204);
    assert_eq!(mine(&writes, &target).await.status, 401, "the renewed token belongs to the ended login");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_of_each_algorithm_logs_nobody_out() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
        let ground = Ground::new();
        let (old, new) = (ground.key(algorithm, "old.pem"), ground.key(algorithm, "new.pem"));
        a_rotation_logs_nobody_out(&ground, &old, &new, old.as_former()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_algorithm_logs_nobody_out() {
    for (at, algorithm) in ALL.into_iter().enumerate() {
        let ground = Ground::new();
        let (old, new) = (ground.key(algorithm, "old.pem"), ground.key(ALL[(at + 1) % ALL.len()], "new.pem"));
        a_rotation_logs_nobody_out(&ground, &old, &new, old.as_former()).await;
    }
}

/// With only the public part of the old key on the machine, it cannot be stolen there.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_former_key_the_public_part_is_enough() {
    let ground = Ground::new();
    let (old, new) = (ground.key(Algorithm::EdDsa, "old.pem"), ground.key(Algorithm::EdDsa, "new.pem"));
    let jwks = json!({"keys": KeyRing::open(Algorithm::EdDsa, &old.file).unwrap().public_keys().keys});
    let public = ground.folder.path().join("public.pem");
    std::fs::write(&public, public_pem(&jwks["keys"][0])).unwrap();
    a_rotation_logs_nobody_out(&ground, &old, &new, FormerKey::File(public)).await;
}

/// The format of `openssl pkey -pubout` (RFC 8410 §4).
fn public_pem(key: &Value) -> String {
    let point = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let info = [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(), &point].concat();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(info))
}

/// First every instance knows and publishes the new key, then it signs.
#[tokio::test(flavor = "multi_thread")]
async fn instances_that_are_restarted_one_by_one_take_what_the_others_sign() {
    let ground = Ground::new();
    let (old, new) = (ground.key(Algorithm::Hs256, "-"), ground.key(Algorithm::Es256, "new.pem"));
    KeyRing::open(Algorithm::Es256, &new.file).unwrap();
    let (_one, first) = ground.start(&old, &[new.as_former()]).await;
    let (_other, second) = ground.start(&new, &[old.as_former()]).await;
    for (at, other) in [(&first, &second), (&second, &first)] {
        login(&mine(&logged_in(at, "alice").await, other).await);
    }
}

/// Verifiers see a key before it signs, and a former key until it is dropped. A shared key is never published.
#[test]
fn every_key_that_verifies_is_published_and_no_shared_one() {
    let ground = Ground::new();
    let keys =
        [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256].map(|algorithm| ground.key(algorithm, algorithm.name()));
    let alone = |key: &KeyOf| KeyRing::open(key.algorithm, &key.file).unwrap();
    let ids = |ring: &KeyRing| -> Vec<Value> { ring.public_keys().keys.iter().map(|key| key["kid"].clone()).collect() };
    let each: Vec<Value> = keys.iter().flat_map(|key| ids(&alone(key))).collect();
    let formers: Vec<FormerKey> = keys.iter().map(KeyOf::as_former).chain([FormerKey::Hs256]).collect();
    for former in [&formers[..], &[&formers[..], &formers[..]].concat()] {
        let ring = KeyRing::from_secret_keys(&secret_keys()).with_former_keys(former, &secret_keys()).unwrap();
        assert_eq!(ids(&ring), each, "each future key is published once while HS256 signs");
    }
    let rotated = alone(&keys[1]).with_former_keys(&formers, &secret_keys()).unwrap();
    assert_eq!(ids(&rotated)[0], each[1], "the current key is first");
    assert_eq!(ids(&rotated).len(), 3);
    assert!(!json!(rotated.public_keys().keys).to_string().contains("oct"));
}
