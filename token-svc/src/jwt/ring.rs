//! The keys: the current one signs, all of them verify, and each is found by its id alone.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    str::FromStr,
};

use shared::{
    keys::{KeyError, Keys, file},
    public_keys::PublicKeys,
    service::StartError,
};

use super::{
    algorithm::Algorithm,
    jwk,
    key::Key,
    key_pair::{PrivateKey, PublicKey},
    pem::{self, Block},
};

/// The keys of one service.
pub struct KeyRing {
    /// The current key first.
    keys: Vec<Key>,
}

/// A former key, or several: they still verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormerKey {
    /// Those that are derived from `SECRET_KEY` and its fallbacks.
    Hs256,
    /// A PEM file, private (PKCS#8) or public.
    InFile(PathBuf),
}

impl FromStr for FormerKey {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text == Algorithm::Hs256.name() { Self::Hs256 } else { Self::InFile(text.into()) })
    }
}

impl KeyRing {
    /// For HS256, with keys derived from these.
    pub fn derived(keys: &Keys) -> Self {
        Self { keys: keys.derived("access token HS256").iter().map(Key::shared).collect() }
    }

    /// For another algorithm, with the key in this PEM file. If there is no file, a new key is made there, readable by its
    /// owner alone. A key for another algorithm is refused.
    pub fn in_file(algorithm: Algorithm, path: &Path) -> Result<Self, StartError> {
        let refused = |problem| StartError::Mechanism { setting: "JWT_KEY_FILE", problem };
        if algorithm == Algorithm::Hs256 {
            return Err(refused("HS256 takes its keys from SECRET_KEY; set JWT_ALG, or leave the file out".to_owned()));
        }
        let pair = || PrivateKey::generate(algorithm).expect("every other algorithm has key pairs");
        let make = || pem::write_private(&pair());
        let text = file::read_or_make(path, make).map_err(|error| refused(error.to_string()))?;
        let private = match pem::read(text.expose()) {
            Some(Block::Private(der)) => PrivateKey::from_pkcs8(&der),
            _ => None,
        };
        let key = private.and_then(|private| Some((private.public()?, private)));
        let key =
            key.map(|(public, private)| Key::pair(Some(private), public)).ok_or_else(|| refused(holds_no_key(path)))?;
        if key.algorithm == algorithm {
            return Ok(Self { keys: vec![key] });
        }
        let (path, found) = (path.display(), key.algorithm);
        Err(refused(format!("the key in {path} is one for {found}, but JWT_ALG is {algorithm}; name another file")))
    }

    /// The same, and what `formers` signed verifies as well. `keys` are those that HS256 would take.
    pub fn with_formers(mut self, formers: &[FormerKey], keys: &Keys) -> Result<Self, StartError> {
        for former in formers {
            let found = match former {
                FormerKey::Hs256 => Self::derived(keys).keys,
                FormerKey::InFile(path) => vec![verifying(path)?],
            };
            for key in found {
                if self.of_id(&key.id).is_none() {
                    self.keys.push(key);
                }
            }
        }
        Ok(self)
    }

    /// What everybody may know. With HS256 alone it is empty, and it is there nonetheless: the first public key must be in it
    /// before any token is signed with that key.
    pub fn public_keys(&self) -> PublicKeys {
        jwk::public_keys(self.keys.iter().filter_map(|key| Some((key.jwk()?, key.algorithm))))
    }

    pub(super) fn current(&self) -> &Key {
        &self.keys[0]
    }

    pub(super) fn all(&self) -> &[Key] {
        &self.keys
    }

    pub(super) fn of_id(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "KeyRing({} keys)", self.keys.len())
    }
}

/// A former key. A private one must be as well kept as when it signed.
fn verifying(path: &Path) -> Result<Key, StartError> {
    let refused = |problem| StartError::Mechanism { setting: "JWT_KEY_FALLBACKS", problem };
    let failed = |error: KeyError| refused(error.to_string());
    let public = match pem::read(file::read(path).map_err(failed)?.expose()) {
        Some(Block::Public(der)) => PublicKey::from_info(&der),
        Some(Block::Private(der)) => {
            file::refuse_exposed(path).map_err(failed)?;
            PrivateKey::from_pkcs8(&der).and_then(|private| private.public())
        }
        None => None,
    };
    public.map(|public| Key::pair(None, public)).ok_or_else(|| refused(holds_no_key(path)))
}

fn holds_no_key(path: &Path) -> String {
    format!(
        "the file {} holds no PEM with a key that tokens can be signed with: Ed25519, P-256, or RSA of 2,048 bits and more, \
         not encrypted, as `openssl genpkey` writes it (PKCS#8)",
        path.display()
    )
}
