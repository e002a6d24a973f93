//! The service under attack, and the tokens that an attacker makes.

use std::{convert::identity, fs, path::PathBuf, sync::LazyLock, time::Duration};

use authlab_clock::Clock;
use authlab_mechanism::{
    login::{Account, LoginId, Recalled},
    refusal::Denied,
};
use authlab_secrets::{Secret, keys::Keys};
use authlab_service::settings::defaults;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use tempfile::TempDir;
use token_svc::{Algorithm, Items, KeyRing, SignedTokens, TokenSettings};

pub(crate) const NOW: i64 = 1_790_000_000;
/// The lifetime of a token, in seconds.
pub(crate) const LIFETIME: i64 = 300;
pub(crate) const SECRET: &str = "a secret key of the service, as long as keys are";
pub(crate) const ALL: [Algorithm; 4] = [Algorithm::Hs256, Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256];

/// Generated once, because RSA keys are slow to generate.
static KEY_FILES: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

/// A service, its clock, its key, and a token of alice that the key signed.
pub(crate) struct Forge {
    pub(crate) algorithm: Algorithm,
    pub(crate) service: SignedTokens,
    pub(crate) clock: Clock,
    pub(crate) key: Key,
    pub(crate) genuine: String,
}

/// A key that signs any text.
pub(crate) enum Key {
    Hmac(Vec<u8>),
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

pub(crate) fn secret_keys() -> Keys {
    Keys::new(Secret::new(SECRET), Vec::new()).unwrap()
}

pub(crate) fn key_file(algorithm: Algorithm) -> PathBuf {
    KEY_FILES.path().join(format!("{algorithm}.pem"))
}

/// The keys of a service, and its current key for the attacker.
pub(crate) fn ring_and_key(algorithm: Algorithm) -> (KeyRing, Key) {
    if algorithm == Algorithm::Hs256 {
        let key = secret_keys().derived("access token HS256")[0];
        return (KeyRing::from_secret_keys(&secret_keys()), Key::Hmac(key.to_vec()));
    }
    let file = key_file(algorithm);
    let ring = KeyRing::open(algorithm, &file).unwrap();
    let base64: String = fs::read_to_string(file).unwrap().lines().filter(|line| !line.starts_with('-')).collect();
    (ring, Key::from_pkcs8(algorithm, &STANDARD.decode(base64).unwrap()))
}

impl Forge {
    /// One service for each algorithm.
    pub(crate) fn each() -> [Self; 4] {
        ALL.map(Self::new)
    }

    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let (ring, key) = ring_and_key(algorithm);
        Self::with(ring, key, algorithm, |_| {})
    }

    pub(crate) fn with(ring: KeyRing, key: Key, algorithm: Algorithm, adjust: impl FnOnce(&mut TokenSettings)) -> Self {
        let mut settings: TokenSettings = defaults(identity);
        settings.access_token_lifetime = Duration::from_secs(LIFETIME.unsigned_abs());
        adjust(&mut settings);
        let clock = Clock::manual(NOW);
        let service = SignedTokens::new(ring, clock.clone(), &settings, None);
        let alice = Account { id: 1, username: "alice".to_owned(), generation: 0 };
        let login = LoginId("a login".to_owned());
        let (_, token) = service.issue(&alice, &login, (NOW, NOW), Items::default());
        Self { algorithm, service, clock, key, genuine: token.access_token.expose().to_owned() }
    }

    pub(crate) async fn recall(&self, token: &str) -> Recalled {
        self.service.recall(token).await.unwrap()
    }

    /// The username in the token, if the service accepts the token.
    pub(crate) async fn username(&self, token: &str) -> Result<String, Denied> {
        self.recall(token).await.login.map(|login| login.username)
    }

    pub(crate) async fn accepts(&self, what: &str, token: &str) {
        assert_eq!(
            self.username(token).await.as_deref(),
            Ok("alice"),
            "{}: {what} was refused: {token}",
            self.algorithm
        );
    }

    /// Refuses this token, and still accepts the genuine one.
    pub(crate) async fn refuses(&self, what: &str, token: &str) {
        assert_ne!(token, self.genuine, "{what} is no attack");
        let denied = self.username(token).await;
        assert!(denied.is_err(), "{}: {what} was accepted for {denied:?}: {token}", self.algorithm);
        self.accepts("the genuine token", &self.genuine).await;
    }

    /// The encoded header, claims and signature of the genuine token.
    pub(crate) fn parts(&self) -> [&str; 3] {
        let parts: Vec<&str> = self.genuine.split('.').collect();
        parts.try_into().unwrap()
    }

    pub(crate) fn header(&self) -> Map<String, Value> {
        object(self.parts()[0])
    }

    pub(crate) fn claims(&self) -> Map<String, Value> {
        object(self.parts()[1])
    }

    /// Any header and claims, signed with the service's own key.
    pub(crate) fn signed(&self, header: &str, claims: &str) -> String {
        self.key.token(header, claims)
    }

    pub(crate) fn with_header(&self, change: impl FnOnce(&mut Map<String, Value>)) -> String {
        let mut header = self.header();
        change(&mut header);
        self.signed(&json!(header).to_string(), &json!(self.claims()).to_string())
    }

    pub(crate) fn with_claims(&self, change: impl FnOnce(&mut Map<String, Value>)) -> String {
        let mut claims = self.claims();
        change(&mut claims);
        self.signed(&json!(self.header()).to_string(), &json!(claims).to_string())
    }

    /// The genuine claims with one of them written as `text`, which need not be valid JSON.
    pub(crate) fn with_claim_as(&self, name: &str, text: &str) -> String {
        let claims = json!(self.claims()).to_string();
        let genuine = format!("\"{name}\":{}", self.claims()[name]);
        assert!(claims.contains(&genuine));
        self.signed(&json!(self.header()).to_string(), &claims.replacen(&genuine, &format!("\"{name}\":{text}"), 1))
    }
}

impl Key {
    pub(crate) fn from_pkcs8(algorithm: Algorithm, der: &[u8]) -> Self {
        match algorithm {
            Algorithm::EdDsa => Self::Ed25519(Ed25519KeyPair::from_pkcs8(der).unwrap()),
            Algorithm::Es256 => Self::P256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).unwrap()),
            Algorithm::Rs256 => Self::Rsa(RsaKeyPair::from_pkcs8(der).unwrap()),
            Algorithm::Hs256 => panic!("HS256 has no pairs"),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Hmac(key) => {
                Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(message).finalize().into_bytes().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
            Self::P256(key) => key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
                signature
            }
        }
    }

    /// The raw bytes of the public key.
    pub(crate) fn public(&self) -> Vec<u8> {
        match self {
            Self::Hmac(_) => panic!("a shared key has no public one"),
            Self::Ed25519(key) => key.public_key().as_ref().to_vec(),
            Self::P256(key) => key.public_key().as_ref().to_vec(),
            Self::Rsa(key) => key.public_key().as_ref().to_vec(),
        }
    }

    pub(crate) fn token(&self, header: &str, claims: &str) -> String {
        self.append_signature(&format!("{}.{}", encoded(header), encoded(claims)))
    }

    /// The message, a dot and the signature.
    pub(crate) fn append_signature(&self, message: &str) -> String {
        format!("{message}.{}", encoded(self.sign(message.as_bytes())))
    }
}

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn object(part: &str) -> Map<String, Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
