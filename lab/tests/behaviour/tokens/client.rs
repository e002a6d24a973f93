//! Authlib, a common OAuth 2.0 client for Python: it refreshes, revokes and introspects, and reports refusals.

use authlab_secrets::Secret;
use authlab_test_support::missing;
use serde_json::{Value, json};

use super::{Instance, member};
use crate::support::python::Python;

const INTROSPECTION_SECRET: &str = "what-a-resource-server-shows-32-bytes-long";

struct Authlib(Python);

impl Authlib {
    /// Returns `None` and reports a skipped test if Authlib is not installed.
    fn start() -> Option<Self> {
        let started = Python::start("tokens/helper.py", "authlib, requests");
        if started.is_none() {
            missing("jwt");
        }
        started.map(Self)
    }

    fn ask(&mut self, what: &str, mut question: Value) -> Result<Value, String> {
        question["ask"] = json!(what);
        self.0.ask(&question)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn authlib_refreshes_by_itself_and_knows_what_it_is_refused_for() {
    let Some(mut authlib) = Authlib::start() else { return };
    let instance = Instance::start(|_, mechanisms| {
        mechanisms.token.introspection_secret = Some(Secret::new(INTROSPECTION_SECRET));
    });
    let instance = instance.await;
    let (_, login) = instance.logged_in("alice", "jwt").await;
    let url = |path: &str| format!("{}{path}", instance.target.url());
    authlib.ask("begin", json!({"token": login["token"], "service": instance.target.url()})).unwrap();

    let fresh = authlib.ask("get", json!({"url": url("/mine")})).unwrap();
    assert_eq!((&fresh["status"], &fresh["refreshes"]), (&json!(200), &json!(0)));
    for refreshes in 1..=3 {
        authlib.ask("expire", json!({})).unwrap();
        let answer = authlib.ask("get", json!({"url": url("/mine")})).unwrap();
        assert_eq!((&answer["status"], &answer["refreshes"]), (&json!(200), &json!(refreshes)));
        assert_eq!(answer["body"]["username"], "alice");
    }
    let held = authlib.ask("get", json!({"url": url("/mine")})).unwrap()["token"].take();
    let ask = json!({"url": url("/introspect"), "token": held["access_token"], "secret": INTROSPECTION_SECRET});
    let told = authlib.ask("introspect", ask.clone()).unwrap();
    assert_eq!(
        (&told["active"], &told["username"], &told["token_type"]),
        (&json!(true), &json!("alice"), &json!("Bearer"))
    );
    let refresh = json!({"url": url("/introspect"), "token": held["refresh_token"], "secret": INTROSPECTION_SECRET});
    assert_eq!(authlib.ask("introspect", refresh).unwrap()["active"], true);
    let spent =
        json!({"url": url("/introspect"), "token": login["token"]["refresh_token"], "secret": INTROSPECTION_SECRET});
    assert_eq!(authlib.ask("introspect", spent).unwrap(), json!({"active": false}));

    let revoke = json!({"url": url("/revoke"), "token": held["refresh_token"]});
    assert_eq!(authlib.ask("revoke", revoke).unwrap(), 200);
    let refused = authlib.ask("refresh", json!({"url": url("/token"), "refresh_token": held["refresh_token"]}));
    assert_eq!(refused, Err("invalid_grant".to_owned()));
    assert_eq!(authlib.ask("introspect", ask).unwrap(), json!({"active": false}));
    assert_eq!(instance.asked(&member(&held, "access_token")).await, 401);
}
