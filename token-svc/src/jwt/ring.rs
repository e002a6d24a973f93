//! The keys of a service: the current one signs, and all of them verify.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    str::FromStr,
};

use authlab_mechanism::public_keys::PublicKeys;
use authlab_secrets::keys::{KeyError, Keys, file};
use authlab_service::StartError;

use super::{
    algorithm::Algorithm,
    key::Key,
    pem::{self, Block},
    signing_key::SigningKey,
    verifying_key::VerifyingKey,
};

pub struct KeyRing {
    /// The current key first.
    pub(super) keys: Vec<Key>,
}

/// A former key, or several. They verify and do not sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormerKey {
    /// The keys that are derived from `SECRET_KEY` and its fallbacks.
    Hs256,
    /// A PEM file, private (PKCS#8) or public.
    File(PathBuf),
}

impl FromStr for FormerKey {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text == Algorithm::Hs256.name() { Self::Hs256 } else { Self::File(text.into()) })
    }
}

impl KeyRing {
    /// Keys for HS256, derived from the secret key and its fallbacks.
    pub fn from_secret_keys(secrets: &Keys) -> Self {
        let keys = secrets.derived("access token HS256");
        Self { keys: keys.iter().map(|key| Key::from_secret(key)).collect() }
    }

    /// The key in a PEM file, for an algorithm other than HS256. If the file does not exist, it is created with a random key, and only
    /// its owner can read it. A key for another algorithm is refused.
    pub fn open(algorithm: Algorithm, path: &Path) -> Result<Self, StartError> {
        let refused = |problem| StartError::Mechanism { setting: "JWT_KEY_FILE", problem };
        if algorithm == Algorithm::Hs256 {
            return Err(refused("HS256 takes its keys from SECRET_KEY; set JWT_ALG, or leave the file out".to_owned()));
        }
        let generate = || SigningKey::generate(algorithm).expect("every other algorithm has key pairs");
        let text = file::read_or_make(path, || pem::write_private(&generate()));
        let key = match pem::parse(text.map_err(|error| refused(error.to_string()))?.expose()) {
            Some(Block::Private(der)) => SigningKey::from_pkcs8(&der),
            _ => None,
        };
        let (signing, public) = key.ok_or_else(|| refused(holds_no_key(path)))?;
        if public.algorithm == algorithm {
            return Ok(Self { keys: vec![Key::new(public, Some(signing))] });
        }
        let (path, found) = (path.display(), public.algorithm);
        Err(refused(format!("the key in {path} is one for {found}, but JWT_ALG is {algorithm}; name another file")))
    }

    /// Adds former keys. `secrets` are those from which the keys for HS256 are derived.
    pub fn with_former_keys(mut self, former: &[FormerKey], secrets: &Keys) -> Result<Self, StartError> {
        for former in former {
            let found = match former {
                FormerKey::Hs256 => Self::from_secret_keys(secrets).keys,
                FormerKey::File(path) => vec![Key::new(read_former(path)?, None)],
            };
            for key in found {
                if !self.keys.iter().any(|known| known.verifying.id == key.verifying.id) {
                    self.keys.push(key);
                }
            }
        }
        Ok(self)
    }

    /// Every public key. A service with HS256 only has an empty set and not none: the first public key must be published before it
    /// signs.
    pub fn public_keys(&self) -> PublicKeys {
        let published = self.keys.iter().filter_map(|key| key.verifying.jwk.as_ref());
        let members = |jwk| serde_json::to_value(jwk).and_then(serde_json::from_value).expect("a JWK is a JSON object");
        PublicKeys { keys: published.map(members).collect() }
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "KeyRing({} keys)", self.keys.len())
    }
}

/// Reads the public part of a former key. A file with a private key must not be readable by others.
fn read_former(path: &Path) -> Result<VerifyingKey, StartError> {
    let refused = |problem| StartError::Mechanism { setting: "JWT_KEY_FALLBACKS", problem };
    let failed = |error: KeyError| refused(error.to_string());
    let public = match pem::parse(file::read(path).map_err(failed)?.expose()) {
        Some(Block::Public(der)) => VerifyingKey::from_der(&der),
        Some(Block::Private(der)) => {
            file::refuse_exposed(path).map_err(failed)?;
            SigningKey::from_pkcs8(&der).map(|(_, public)| public)
        }
        None => None,
    };
    public.ok_or_else(|| refused(holds_no_key(path)))
}

fn holds_no_key(path: &Path) -> String {
    format!(
        "the file {} holds no PEM with a key that can sign tokens: Ed25519, P-256, or RSA of at least 2,048 bits, \
         not encrypted, as `openssl genpkey` writes it (PKCS#8)",
        path.display()
    )
}
