//! token-svc's refresh tokens and opaque tokens: on both databases, with several instances, after crashes, and with
//! other clients.
//!
//! * [`races`]: parallel refreshes, and refreshes that overlap logouts
//! * [`families`]: how long a login lasts, and what ends it
//! * [`browser`]: a browser that stays logged in after its access token has expired
//! * [`opaque`]: opaque tokens on both databases; [`redis`]: in Redis
//! * [`crash`]: ended logins stay ended after a SIGKILL
//! * [`client`]: an independent OAuth client

mod browser;
mod client;
mod crash;
mod families;
mod opaque;
mod races;
mod redis;

use authlab_client::{
    Client,
    answer::Answer,
    request::Request,
    target::Target,
    visitor::{LoginWith, Visitor, refresh},
};
use authlab_fleet::{Fleet, Mechanisms};
use authlab_secrets::Secret;
use authlab_service::settings::Settings;
use authlab_test_support::Postgres;
use serde_json::Value;

/// The database.
enum Engine {
    Sqlite(tempfile::TempDir),
    Postgres(Postgres),
}

impl Engine {
    fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    async fn postgres() -> Option<Self> {
        Postgres::start().await.map(Self::Postgres)
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("authlab.sqlite3").display()),
            Self::Postgres(postgres) => postgres.url(),
        }
    }

    /// Starts another instance on this database.
    async fn instance(&self, change: impl FnOnce(&mut Settings, &mut Mechanisms)) -> Instance {
        Instance::start(|settings, mechanisms| {
            settings.database_url = Some(self.url());
            settings.secret_key = Some(Secret::new("a key of 32 bytes and more, for tests alone"));
            change(settings, mechanisms);
        })
        .await
    }
}

struct Instance {
    target: Target,
    _fleet: Fleet,
}

impl Instance {
    /// A single instance on SQLite.
    async fn start(change: impl FnOnce(&mut Settings, &mut Mechanisms)) -> Self {
        let fleet = Fleet::start_with(change).await.unwrap();
        let target = fleet.targets().into_iter().find(|target| target.name == "token-svc").unwrap();
        Self { target, _fleet: fleet }
    }

    async fn with_defaults() -> Self {
        Self::start(|_, _| {}).await
    }

    fn somebody(&self) -> Client {
        Client::new(self.target.clone(), "test")
    }

    /// Logs in for a token of this kind. Returns the client and the body of the answer.
    async fn logged_in(&self, username: &str, kind: &str) -> (Client, Value) {
        logged_in(&self.target, username, kind).await
    }

    /// Logs in by form: both tokens are in cookies.
    async fn browser(&self, username: &str) -> Client {
        Visitor::register(self.somebody(), username, LoginWith::Form).await.unwrap().client
    }

    async fn spend(&self, refresh_token: &str) -> Answer {
        self.somebody().deliver(&refresh(refresh_token)).await.unwrap()
    }

    /// The status that a new client with this token gets.
    async fn asked(&self, access_token: &str) -> u16 {
        self.somebody().deliver(&Request::get("/mine").bearer(access_token)).await.unwrap().status
    }
}

/// Logged in with a token of this kind, and the body of the login.
async fn logged_in(target: &Target, username: &str, kind: &str) -> (Client, Value) {
    let client = Client::new(target.clone(), "test");
    let visitor = Visitor::register(client, username, LoginWith::Kind(kind)).await.unwrap();
    (visitor.client, visitor.login.json().unwrap())
}

/// A member of the answer with the tokens.
fn member(pair: &Value, name: &str) -> String {
    pair[name].as_str().unwrap_or_else(|| panic!("no {name} in {pair}")).to_owned()
}

fn is_invalid_grant(answer: &Answer) -> bool {
    answer.status == 400 && answer.json().is_some_and(|body| body["error"] == "invalid_grant")
}

async fn logins(client: &mut Client) -> Vec<Value> {
    let listed = client.send(Request::get("/logins")).await.unwrap();
    assert_eq!(listed.status, 200, "{}", listed.text());
    listed.json().unwrap()["logins"].as_array().unwrap().clone()
}
