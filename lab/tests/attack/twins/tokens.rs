//! Twins that accept forged JSON Web Tokens.

use std::{collections::HashMap, sync::Mutex};

use async_trait::async_trait;
use authlab_attacks::forge::{self, Hash, Token};
use authlab_mechanism::{
    Mechanism,
    login::{Granted, NewLogin},
    presented::Presented,
    refusal::Refusal,
};
use authlab_secrets::random::to_hex;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    believing::Mending,
    mechanism::{Weakness, credential, handed_over, with_credential},
};

/// A presented token, and the service's HS256 key.
struct Shown {
    text: String,
    token: Token,
    key: [u8; 32],
}

impl Shown {
    /// Parses leniently: of duplicate members the last one is used.
    fn parse(mending: &Mending, text: &str) -> Option<Self> {
        let key = *mending.ground.keys.derived("access token HS256").first()?;
        Some(Self { text: text.to_owned(), token: Token::parse(text)?, key })
    }

    fn is_signed_by(&self, hash: Hash, key: &[u8]) -> bool {
        self.text.rsplit_once('.').is_some_and(|(input, _)| forge::sign(input, hash, key) == self.text)
    }

    fn signature_holds(&self) -> bool {
        self.is_signed_by(Hash::S256, &self.key)
    }

    /// Signs the same claims under a valid header.
    fn believed(&self) -> String {
        let digest = Sha256::new_with_prefix(b"authlab key id ").chain_update(self.key).finalize();
        let header = json!({"typ": "at+jwt", "alg": "HS256", "kid": to_hex(&digest[..4])});
        Token { header, claims: self.token.claims.clone() }.signed(Hash::S256, &self.key)
    }

    fn alg(&self) -> &str {
        self.token.header["alg"].as_str().unwrap_or_default()
    }
}

pub(crate) fn compares_no_signature(mending: &Mending, text: &str) -> Option<String> {
    Some(Shown::parse(mending, text)?.believed())
}

pub(crate) fn believes_alg_none(mending: &Mending, text: &str) -> Option<String> {
    let shown = Shown::parse(mending, text)?;
    shown.alg().eq_ignore_ascii_case("none").then(|| shown.believed())
}

pub(crate) fn goes_by_the_algorithm_of_the_token(mending: &Mending, text: &str) -> Option<String> {
    let shown = Shown::parse(mending, text)?;
    let hash = match shown.alg().to_ascii_uppercase().as_str() {
        "HS384" => Hash::S384,
        "HS512" => Hash::S512,
        _ => Hash::S256,
    };
    shown.is_signed_by(hash, &shown.key).then(|| shown.believed())
}

pub(crate) fn believes_a_common_secret(mending: &Mending, text: &str) -> Option<String> {
    let shown = Shown::parse(mending, text)?;
    shown.is_signed_by(Hash::S256, b"secret").then(|| shown.believed())
}

/// Reads the key from the file that `kid` names; a missing file gives an empty key.
pub(crate) fn reads_the_key_from_a_file(mending: &Mending, text: &str) -> Option<String> {
    let shown = Shown::parse(mending, text)?;
    let key = std::fs::read(shown.token.header["kid"].as_str()?).unwrap_or_default();
    shown.is_signed_by(Hash::S256, &key).then(|| shown.believed())
}

pub(crate) fn believes_the_key_in_the_header(mending: &Mending, text: &str) -> Option<String> {
    let shown = Shown::parse(mending, text)?;
    let key = URL_SAFE_NO_PAD.decode(shown.token.header["jwk"]["k"].as_str()?).ok()?;
    shown.is_signed_by(Hash::S256, &key).then(|| shown.believed())
}

/// Ignores the type and the extensions of the header.
pub(crate) fn reads_no_header(mending: &Mending, text: &str) -> Option<String> {
    let shown = Shown::parse(mending, text)?;
    shown.signature_holds().then(|| shown.believed())
}

/// Accepts a validly signed token after `change` has repaired its claims.
fn with_claims(mending: &Mending, text: &str, change: impl FnOnce(&mut Value)) -> Option<String> {
    let mut shown = Shown::parse(mending, text)?;
    let holds = shown.signature_holds();
    change(&mut shown.token.claims);
    holds.then(|| shown.believed())
}

pub(crate) fn ignores_time(mending: &Mending, text: &str) -> Option<String> {
    let now = mending.ground.clock.seconds();
    with_claims(mending, text, |claims| {
        claims["nbf"] = json!(now);
        claims["iat"] = json!(now);
        claims["exp"] = json!(now + 60);
    })
}

pub(crate) fn ignores_issuer_and_audience(mending: &Mending, text: &str) -> Option<String> {
    with_claims(mending, text, |claims| {
        claims["iss"] = json!("authlab");
        claims["aud"] = json!("authlab");
    })
}

/// The token chooses the algorithm, so the public RS256 key is used as an HMAC secret.
#[derive(Default)]
pub(crate) struct TakesThePublicKeyForASecret {
    /// Genuine tokens by `sub`, since the twin has no private key to sign again.
    genuine: Mutex<HashMap<String, String>>,
}

impl TakesThePublicKeyForASecret {
    fn believed(&self, real: &dyn Mechanism, text: &str) -> Option<String> {
        let published = real.public_keys()?.keys;
        let modulus = URL_SAFE_NO_PAD.decode(published.first()?["n"].as_str()?).ok()?;
        let (input, _) = text.rsplit_once('.')?;
        let sub = Token::parse(text)?.claims["sub"].as_str()?.to_owned();
        let holds = forge::sign(input, Hash::S256, &modulus) == text;
        self.genuine.lock().unwrap().get(&sub).filter(|_| holds).cloned()
    }
}

#[async_trait]
impl Weakness for TakesThePublicKeyForASecret {
    fn shown(&self, real: &dyn Mechanism, presented: &Presented) -> Presented {
        let mechanism = real.card().mechanism;
        let believed = credential(presented, mechanism).and_then(|text| self.believed(real, &text));
        believed.map_or_else(|| presented.clone(), |text| with_credential(presented, mechanism, &text))
    }

    async fn login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        let granted = real.login(*asked).await?;
        let token = handed_over(&granted.handover, real.card().mechanism).unwrap();
        self.genuine.lock().unwrap().insert(asked.account.id.to_string(), token);
        Ok(granted)
    }
}
