//! A token service with only the JWT library, as in its documentation: `decode` in an extractor, keys made once,
//! defaults elsewhere. It has no revocation, items or layers. As a measurement mistake, the key can be parsed from its
//! JWK for each request.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use authlab_clock::Clock;
use authlab_mechanism::{
    cookie_attributes::CookieAttributes,
    login::{Card, Carrier, Login, Scheme, StateLives},
};
use authlab_secrets::random;
use authlab_web::contract::Mine;
use axum::{
    Json, Router,
    extract::{FromRequestParts, State},
    response::IntoResponse,
    routing::{get, post},
};
use http::{StatusCode, header, request::Parts};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode, jwk::Jwk};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::bare::{HEADERS, SOMEBODY};

const CARD: Card = Card {
    mechanism: "token",
    state_lives: StateLives::Client,
    store: None,
    carriers: &[Carrier::Bearer],
    scheme: Scheme::Bearer(token_svc::COOKIES),
    cookies: CookieAttributes::DEFAULT,
    lifetime: Duration::from_hours(24),
    login_lifetime: Duration::from_hours(24),
    logins_at_most: None,
    staleness: Duration::ZERO,
    anonymous_items: false,
    concurrent_item_writes: false,
};
/// The key pair of RFC 8037, appendix A.1, as PKCS#8 and public key. HS256 uses the public part as its secret, which is
/// safe in a bench.
const PRIVATE: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20\x9d\x61\xb1\x9d\xef\xfd\x5a\x60\xba\x84\x4a\xf4\x92\xec\x2c\xc4\x44\x49\xc5\x69\x7b\x32\x69\x19\x70\x3b\xac\x03\x1c\xae\x7f\x60";
const PUBLIC: &[u8] = b"\xd7\x5a\x98\x01\x82\xb1\x0a\xb7\xd5\x4b\xfe\xd3\xc9\x64\x07\x3a\x0e\xe1\x72\xf3\xda\xa6\x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a";

const JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// The library's keys and settings.
struct Jwt {
    key_per_call: bool,
    header: Header,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

/// The claims of token-svc, so that both parse the same amount.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    username: String,
    jti: String,
    auth_time: i64,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// The caller; 401 without a valid token.
struct Caller(Claims);

/// Logs every client in as the same user, and accepts that user's token.
pub(super) fn router(algorithm: &str, key_per_call: bool) -> Router {
    let jwt = Jwt::new(algorithm, key_per_call);
    Router::new().route("/login", post(login)).route("/mine", get(mine)).with_state(Arc::new(jwt))
}

async fn login(State(jwt): State<Arc<Jwt>>) -> Json<Value> {
    Json(json!({"token": {"access_token": jwt.sign()}}))
}

async fn mine(Caller(claims): Caller) -> impl IntoResponse {
    let at = |seconds| Timestamp::from_second(seconds).unwrap_or_default();
    let login = Login { username: claims.username, issued_at: at(claims.auth_time), expires_at: at(claims.exp) };
    (HEADERS, Json(Mine::new(&CARD, login, BTreeMap::new())))
}

impl FromRequestParts<Arc<Jwt>> for Caller {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, jwt: &Arc<Jwt>) -> Result<Self, StatusCode> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| value.strip_prefix("Bearer ")).ok_or(StatusCode::UNAUTHORIZED)?;
        let decoded = if jwt.key_per_call {
            let key: Jwk = serde_json::from_str(JWK).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
            DecodingKey::from_jwk(&key).and_then(|key| decode::<Claims>(token, &key, &jwt.validation))
        } else {
            decode::<Claims>(token, &jwt.decoding, &jwt.validation)
        };
        decoded.map(|decoded| Self(decoded.claims)).map_err(|_| StatusCode::UNAUTHORIZED)
    }
}

impl Jwt {
    fn new(algorithm: &str, key_per_call: bool) -> Self {
        let (algorithm, encoding, decoding) = if algorithm == "EdDSA" {
            (Algorithm::EdDSA, EncodingKey::from_ed_der(PRIVATE), DecodingKey::from_ed_der(PUBLIC))
        } else {
            (Algorithm::HS256, EncodingKey::from_secret(PUBLIC), DecodingKey::from_secret(PUBLIC))
        };
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&["authlab"]);
        validation.set_audience(&["authlab"]);
        let header = Header { kid: Some("01234567".to_owned()), ..Header::new(algorithm) };
        Self { key_per_call, header, encoding, decoding, validation }
    }

    fn sign(&self) -> String {
        let now = Clock::system().seconds();
        let claims = Claims {
            iss: "authlab".to_owned(),
            aud: "authlab".to_owned(),
            sub: "1234567890123456".to_owned(),
            username: SOMEBODY.to_owned(),
            jti: random::hex::<16>(),
            auth_time: now,
            iat: now,
            nbf: now,
            exp: now + 86_400,
        };
        encode(&self.header, &claims, &self.encoding).expect("claims are JSON and the key fits the algorithm")
    }
}
