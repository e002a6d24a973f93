//! token-svc with each algorithm, tested over HTTP and with other JWT libraries.
//!
//! `token-svc/tests/attacks` tests forged tokens of every kind without HTTP.
//!
//! * [`libraries`]: PyJWT and joserfc read our tokens, and we theirs
//! * [`endings`]: an ended token stays refused in every spelling, cached or not
//! * [`cookie`]: a token never exceeds the size of a cookie
//! * [`key_files`]: keys that OpenSSL makes
//! * [`rotation`]: new keys and algorithms end no login

mod cookie;
mod endings;
mod key_files;
mod libraries;
mod rotation;

use authlab_client::{Client, request::Request, target::Target};
use authlab_fleet::Fleet;
use authlab_secrets::{Secret, keys::Keys};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tempfile::TempDir;
use token_svc::Algorithm;

use crate::support::visitor::logged_in;

const SECRET: &str = "a secret key of the service, as long as keys are";
const ALL: [Algorithm; 4] = [Algorithm::Hs256, Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256];

/// A running token-svc and its keys.
struct Service {
    algorithm: Algorithm,
    target: Target,
    /// The key that verifies tokens: the published keys, or the shared key for HS256.
    verifying: Value,
    keys: TempDir,
    _fleet: Fleet,
}

impl Service {
    async fn start(algorithm: Algorithm) -> Self {
        let keys = tempfile::tempdir().unwrap();
        let file = keys.path().join("key.pem");
        let fleet = Fleet::start_with(|settings, mechanisms| {
            settings.secret_key = Some(Secret::new(SECRET));
            mechanisms.token.jwt_alg = algorithm;
            mechanisms.token.jwt_key_file = (algorithm != Algorithm::Hs256).then_some(file);
        });
        let fleet = fleet.await.unwrap();
        let target = fleet.targets().into_iter().find(|target| target.name == "token-svc").unwrap();
        let verifying = match algorithm {
            Algorithm::Hs256 => shared_key(),
            _ => published(&target).await,
        };
        Self { algorithm, target, verifying, keys, _fleet: fleet }
    }

    /// A logged-in client with a token from a response body.
    async fn alice(&self) -> Client {
        logged_in(&self.target, "alice").await
    }

    /// The status that a new client with this token gets.
    async fn asked(&self, token: &str) -> u16 {
        self.deliver(Request::get("/mine").bearer(token)).await
    }

    async fn deliver(&self, request: Request) -> u16 {
        Client::new(self.target.clone(), "stranger").deliver(&request).await.unwrap().status
    }

    /// The signing key, in a format that other libraries read.
    fn signing(&self) -> Value {
        match self.algorithm {
            Algorithm::Hs256 => shared_key(),
            _ => json!(std::fs::read_to_string(self.keys.path().join("key.pem")).unwrap()),
        }
    }
}

async fn published(target: &Target) -> Value {
    let mut anybody = Client::new(target.clone(), "verifier");
    anybody.send(Request::get("/.well-known/jwks.json")).await.unwrap().json().unwrap()
}

fn secret_keys() -> Keys {
    Keys::new(Secret::new(SECRET), Vec::new()).unwrap()
}

/// The shared key for verifying HS256, derived as `docs/tokens.md` says.
fn shared_key() -> Value {
    let key = secret_keys().derived("access token HS256")[0];
    json!({"kty": "oct", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode(key)})
}

fn token(client: &Client) -> String {
    client.tokens().access().unwrap().to_owned()
}

fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<&str> = token.split('.').collect();
    parts.try_into().unwrap()
}

fn object(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
