//! Twins that accept forged credentials: the twin repairs the credential, and the real mechanism accepts it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use authlab_django_signing::{Salt, TimestampSigner, base62};
use authlab_mechanism::{
    Mechanism,
    login::{Granted, NewLogin},
    presented::Presented,
    refusal::Refusal,
};
use authlab_service::Ground;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::mechanism::{Weakness, credential, handed_over, with_credential};

/// Repairs a forged credential. Returns `None` if this twin refuses it too.
pub(crate) type Mend = fn(&Mending, &str) -> Option<String>;

/// The service's keys and clock, which a repair needs.
pub(crate) struct Mending {
    pub(crate) ground: Ground,
    mend: Mend,
}

pub(crate) fn mending(ground: &Ground, mend: Mend) -> Arc<dyn Weakness> {
    Arc::new(Mending { ground: ground.clone(), mend })
}

impl Weakness for Mending {
    fn shown(&self, real: &dyn Mechanism, presented: &Presented) -> Presented {
        let mechanism = real.card().mechanism;
        let mended = credential(presented, mechanism).and_then(|text| (self.mend)(self, &text));
        mended.map_or_else(|| presented.clone(), |text| with_credential(presented, mechanism, &text))
    }
}

/// A login cookie, split into its three parts.
pub(crate) struct Stamped {
    pub(crate) payload: String,
    pub(crate) stamp: i64,
    pub(crate) signature: String,
}

impl Stamped {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (value, signature) = text.rsplit_once(':')?;
        let (payload, stamp) = value.rsplit_once(':')?;
        Some(Self { payload: payload.to_owned(), stamp: base62::decode(stamp)?, signature: signature.to_owned() })
    }

    pub(crate) fn signed(&self, key: &[u8]) -> String {
        TimestampSigner::new([key], Salt("login")).sign(&self.payload, self.stamp)
    }

    pub(crate) fn is_signed_by(&self, key: &[u8]) -> bool {
        self.signed(key).ends_with(&format!(":{}", self.signature))
    }
}

impl Mending {
    pub(crate) fn key(&self) -> Vec<u8> {
        self.ground.keys.bytes().next().unwrap().to_vec()
    }
}

/// Does not compare the signature of a cookie.
pub(crate) fn compares_no_cookie_signature(mending: &Mending, text: &str) -> Option<String> {
    Some(Stamped::parse(text)?.signed(&mending.key()))
}

/// Also accepts the key `secret`.
pub(crate) fn believes_a_common_cookie_key(mending: &Mending, text: &str) -> Option<String> {
    let stamped = Stamped::parse(text)?;
    stamped.is_signed_by(b"secret").then(|| stamped.signed(&mending.key()))
}

/// Ignores the timestamp of a cookie with a valid signature.
pub(crate) fn ignores_the_stamp(mending: &Mending, text: &str) -> Option<String> {
    let stamped = Stamped::parse(text)?;
    let now = Stamped { stamp: mending.ground.clock.seconds(), ..Stamped::parse(text)? };
    stamped.is_signed_by(&mending.key()).then(|| now.signed(&mending.key()))
}

/// Accepts a validly signed payload with a duplicate member and uses the last one.
pub(crate) fn takes_the_last_cookie_member(mending: &Mending, text: &str) -> Option<String> {
    let stamped = Stamped::parse(text)?;
    let lenient: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&stamped.payload).ok()?).ok()?;
    let payload = URL_SAFE_NO_PAD.encode(lenient.to_string());
    stamped.is_signed_by(&mending.key()).then(|| Stamped { payload, ..stamped }.signed(&mending.key()))
}

/// Compares only the beginning of a session id.
#[derive(Default)]
pub(crate) struct FindsByTheBeginning(Mutex<Vec<String>>);

const BEGINNING: usize = 16;

#[async_trait]
impl Weakness for FindsByTheBeginning {
    fn shown(&self, real: &dyn Mechanism, presented: &Presented) -> Presented {
        let mechanism = real.card().mechanism;
        let Some(text) = credential(presented, mechanism) else { return presented.clone() };
        let ids = self.0.lock().unwrap();
        let found = ids.iter().find(|id| text.get(..BEGINNING).is_some_and(|beginning| id.starts_with(beginning)));
        found.map_or_else(|| presented.clone(), |id| with_credential(presented, mechanism, id))
    }

    async fn login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        let granted = real.login(*asked).await?;
        self.0.lock().unwrap().extend(handed_over(&granted.handover, real.card().mechanism));
        Ok(granted)
    }
}
