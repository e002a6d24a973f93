//! `SECRET_KEY` and its fallbacks: from settings, from a file, or created on the first start. Weak keys are refused.

pub mod file;

use std::{
    io,
    path::{Path, PathBuf},
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{Secret, random};

/// The current key signs; all of them verify, the current one first.
#[derive(Clone, Debug)]
pub struct Keys {
    keys: Vec<Secret>,
}

/// Why the service cannot start with the configured keys. The message says what to do, and never contains the key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "{setting} is too weak: {because}. Create one with `openssl rand -base64 48`, or leave it out and the service creates one"
    )]
    Weak { setting: String, because: &'static str },
    #[error("users other than the owner can read the key file {path}; run `chmod 600 {path}`")]
    Exposed { path: PathBuf },
    #[error("cannot {verb} the key file {path}: {source}")]
    File { path: PathBuf, verb: &'static str, source: io::Error },
}

impl Keys {
    /// The keys of the settings. An error names the setting of a weak key.
    pub fn new(current: Secret, fallbacks: Vec<Secret>) -> Result<Self, KeyError> {
        Self::checked("SECRET_KEY", current, fallbacks)
    }

    /// The key in the file. If the file does not exist, it is created with a new key, readable only by its owner.
    pub fn from_file(path: &Path, fallbacks: Vec<Secret>) -> Result<Self, KeyError> {
        let key = file::read_or_make(path, || Secret::new(random::hex::<32>()))?;
        Self::checked(&format!("the key in {}", path.display()), key, fallbacks)
    }

    fn checked(setting: &str, current: Secret, fallbacks: Vec<Secret>) -> Result<Self, KeyError> {
        refuse_weak(setting, &current)?;
        for fallback in &fallbacks {
            refuse_weak("SECRET_KEY_FALLBACKS", fallback)?;
        }
        Ok(Self { keys: [vec![current], fallbacks].concat() })
    }

    /// The raw bytes, the current key first.
    pub fn bytes(&self) -> impl Iterator<Item = &[u8]> {
        self.keys.iter().map(|key| key.expose().as_bytes())
    }

    /// Derives a separate key for this purpose from each of the keys, the current one first. A signature for one purpose is never valid
    /// for another.
    pub fn derived(&self, purpose: &str) -> Vec<[u8; 32]> {
        self.bytes()
            .map(|key| {
                let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
                mac.update(b"authlab ");
                mac.update(purpose.as_bytes());
                mac.finalize().into_bytes().into()
            })
            .collect()
    }
}

/// Long keys that are published in documentation.
const PUBLISHED: [&str; 3] = [
    "a-string-secret-at-least-256-bits-long",
    "your-256-bit-secret-your-256-bit-secret",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
];

fn refuse_weak(setting: &str, key: &Secret) -> Result<(), KeyError> {
    match weakness(key.expose()) {
        Some(because) => Err(KeyError::Weak { setting: setting.to_owned(), because }),
        None => Ok(()),
    }
}

fn weakness(key: &str) -> Option<&'static str> {
    let mut distinct: Vec<char> = key.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let lower = key.to_lowercase();
    if key.len() < 32 {
        Some("it is shorter than 32 bytes (RFC 7518 §3.2)")
    } else if distinct.len() < 10 {
        Some("it has fewer than 10 different characters")
    } else if lower.starts_with("django-insecure-") {
        Some("it starts with `django-insecure-`, Django's mark for a key that must not be used")
    } else if PUBLISHED.contains(&lower.as_str()) || is_repetition(&lower) {
        Some("it is a published example or one word repeated")
    } else {
        None
    }
}

/// Whether the text is a repetition of a shorter one.
fn is_repetition(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=bytes.len() / 2).any(|period| (period..bytes.len()).all(|at| bytes[at] == bytes[at - period]))
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::fs::{MetadataExt as _, PermissionsExt as _},
        thread,
    };

    use super::{KeyError, Keys, Secret};

    const STRONG: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCD";

    fn refused(key: &str) -> bool {
        matches!(Keys::new(Secret::new(key), Vec::new()), Err(KeyError::Weak { .. }))
    }

    #[test]
    fn weak_keys_are_refused_and_strong_ones_are_not() {
        for weak in [
            "",
            "secret",
            "changeme",
            "0123456789abcdefghijklmnopqrstu",
            &"a".repeat(64),
            "correcthorse-correcthorse-correcthorse-",
            "a-string-secret-at-least-256-bits-long",
            "django-insecure-0123456789abcdef0123456789abcdef",
        ] {
            assert!(refused(weak), "{weak:?} was taken");
        }
        assert!(!refused(STRONG));
    }

    #[test]
    fn a_weak_fallback_is_refused_as_well() {
        let keys = Keys::new(Secret::new(STRONG), vec![Secret::new("old")]);
        assert!(matches!(keys, Err(KeyError::Weak { setting, .. }) if setting == "SECRET_KEY_FALLBACKS"));
    }

    #[test]
    fn instances_that_start_at_once_share_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret_key");
        let keys: Vec<String> = thread::scope(|scope| {
            let starts: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| Keys::from_file(&path, Vec::new()).unwrap().keys[0].expose().to_owned()))
                .collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]), "the instances disagree");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "something was left behind");
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret_key");
        fs::write(&path, STRONG).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keys::from_file(&path, Vec::new()), Err(KeyError::Exposed { .. })));
    }

    #[test]
    fn the_group_may_read_a_key_file_of_roots_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret_key");
        fs::write(&path, STRONG).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let is_roots = fs::metadata(&path).unwrap().uid() == 0;
        assert_eq!(Keys::from_file(&path, Vec::new()).is_ok(), is_roots);
    }

    #[test]
    fn each_purpose_has_its_own_key() {
        let keys = Keys::new(Secret::new(STRONG), Vec::new()).unwrap();
        assert_ne!(keys.derived("one"), keys.derived("two"));
    }
}
