//! Forged credentials, made without the key or with a stolen key.

use authlab_django_signing::{ObjectSigner, Salt, TimestampSigner};
use authlab_secrets::{Secret, keys::Keys};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

/// A parsed JSON Web Token (RFC 7519 §3).
#[derive(Clone, Debug)]
#[must_use = "the token is a changed copy"]
pub struct Token {
    pub header: Value,
    pub claims: Value,
}

/// The HMACs of RFC 7518 §3.2.
#[derive(Clone, Copy, Debug)]
pub enum Hash {
    S256,
    S384,
    S512,
}

impl Token {
    /// `None` if the text does not begin with two parts of JSON.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok());
        Some(Self { header: parts.next()??, claims: parts.next()?? })
    }

    /// The token with this value of a header parameter.
    pub fn with_header(&self, parameter: &str, value: Value) -> Self {
        self.changed(|token| token.header[parameter] = value)
    }

    pub fn without_header(&self, parameter: &str) -> Self {
        self.changed(|token| remove(&mut token.header, parameter))
    }

    /// The token with this value of a claim.
    pub fn with_claim(&self, claim: &str, value: Value) -> Self {
        self.changed(|token| token.claims[claim] = value)
    }

    pub fn without_claim(&self, claim: &str) -> Self {
        self.changed(|token| remove(&mut token.claims, claim))
    }

    fn changed(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut token = self.clone();
        change(&mut token);
        token
    }

    /// Header and claims as they are signed.
    pub fn signing_input(&self) -> String {
        raw_input(&self.header.to_string(), &self.claims.to_string())
    }

    /// The token with this text in place of the signature.
    pub fn with_signature(&self, signature: &str) -> String {
        format!("{}.{signature}", self.signing_input())
    }

    pub fn signed(&self, hash: Hash, key: &[u8]) -> String {
        sign(&self.signing_input(), hash, key)
    }
}

fn remove(object: &mut Value, member: &str) {
    if let Some(members) = object.as_object_mut() {
        members.remove(member);
    }
}

/// The signing input of a header and claims that need not be JSON.
pub fn raw_input(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

/// The input, followed by its HMAC.
pub fn sign(input: &str, hash: Hash, key: &[u8]) -> String {
    macro_rules! mac {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(key).expect("HMAC takes keys of any length");
            mac.update(input.as_bytes());
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        }};
    }
    let signature = match hash {
        Hash::S256 => mac!(Sha256),
        Hash::S384 => mac!(Sha384),
        Hash::S512 => mac!(Sha512),
    };
    format!("{input}.{signature}")
}

/// The key of token-svc's HS256, derived from its secret key; `None` if the genuine token was signed with another key.
pub fn token_key(secret: &Secret, genuine: &str) -> Option<[u8; 32]> {
    let keys = Keys::new(secret.clone(), Vec::new()).ok()?;
    let (input, _) = genuine.rsplit_once('.')?;
    keys.derived("access token HS256").into_iter().find(|key| sign(input, Hash::S256, key) == genuine)
}

/// A login cookie of cookie-svc for this name, signed with this key at this time.
pub fn login_cookie(username: &str, key: &[u8], at: i64) -> String {
    ObjectSigner::new([key], Salt("login")).dumps(&json!({"u": username}), at).expect("a string is always JSON")
}

/// A login cookie with any payload.
pub fn raw_login_cookie(payload: &str, key: &[u8], at: i64) -> String {
    TimestampSigner::new([key], Salt("login")).sign(&URL_SAFE_NO_PAD.encode(payload), at)
}
