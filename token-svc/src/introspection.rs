//! Who may ask about other people's tokens, and what they are told.

use sha2::{Digest as _, Sha256};
use shared::{
    keys::file,
    presented::Presented,
    refusal::{Cannot, Denied, Refusal},
    secret::Secret,
    service::StartError,
    tokens::Introspection,
};
use subtle::ConstantTimeEq as _;

use crate::{TokenSettings, claims::Claims, family::Family, opaque::Kept};

/// Guessing one of this length is hopeless (RFC 6749 §10.10).
const SHORTEST: usize = 32;

/// A resource server, by the secret that it shows as its bearer token (RFC 7662 §2.1). Kept as a digest: all are of one length.
#[derive(Debug)]
pub(crate) struct Asker([u8; 32]);

impl Asker {
    pub(crate) fn known(settings: &TokenSettings) -> Result<Option<Self>, StartError> {
        let (setting, secret) = match (&settings.introspection_secret, &settings.introspection_secret_file) {
            (None, None) => return Ok(None),
            (Some(secret), _) => ("INTROSPECTION_SECRET", secret.clone()),
            (None, Some(path)) => {
                let read = file::refuse_exposed(path).and_then(|()| file::read(path));
                let secret = read.map_err(|error| wrong("INTROSPECTION_SECRET_FILE", error.to_string()))?;
                ("INTROSPECTION_SECRET_FILE", secret)
            }
        };
        let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if secret.expose().len() < SHORTEST || !secret.expose().bytes().all(in_alphabet) {
            return Err(wrong(
                setting,
                format!(
                    "not {SHORTEST} and more of A-Za-z0-9-._~+/= (RFC 6750 §2.1); make one with `openssl rand -hex 32`"
                ),
            ));
        }
        Ok(Some(Self(digest(&secret))))
    }
}

fn wrong(setting: &'static str, problem: String) -> StartError {
    StartError::Mechanism { setting, problem }
}

fn digest(secret: &Secret) -> [u8; 32] {
    Sha256::digest(secret.expose()).into()
}

/// Nobody, if nobody is known.
pub(crate) fn may_ask(known: Option<&Asker>, presented: &Presented) -> Result<(), Refusal> {
    let Some(Asker(known)) = known else {
        return Err(Refusal::Cannot(Cannot {
            mechanism: "token",
            what: "introspect tokens",
            because: "no secret is set for those who may ask",
            instead: "set INTROSPECTION_SECRET_FILE, or verify JWTs by /.well-known/jwks.json",
        }));
    };
    let shown = presented.bearer().ok_or(Refusal::NotLoggedIn(Denied::Missing))?;
    if bool::from(digest(shown).ct_eq(known)) { Ok(()) } else { Err(Refusal::NotLoggedIn(Denied::Forged)) }
}

const BEARER: Option<&str> = Some("Bearer");

impl Claims {
    pub(crate) fn introspection(&self) -> Introspection {
        Introspection {
            active: true,
            username: Some(self.username.clone()),
            sub: Some(self.sub.clone()),
            jti: Some(self.jti.clone()),
            token_type: BEARER,
            iat: Some(self.iat),
            exp: Some(self.exp),
            iss: Some(self.iss.clone()),
            aud: Some(self.aud.clone()),
        }
    }
}

impl Kept {
    pub(crate) fn introspection(&self) -> Introspection {
        Introspection {
            active: true,
            username: Some(self.account.username.clone()),
            sub: Some(self.account.id.to_string()),
            jti: Some(self.id.clone()),
            token_type: BEARER,
            iat: Some(self.created_at),
            exp: Some(self.expires_at),
            ..Introspection::default()
        }
    }
}

impl Family {
    pub(crate) fn introspection(&self) -> Introspection {
        Introspection {
            active: true,
            username: Some(self.account.username.clone()),
            sub: Some(self.account.id.to_string()),
            jti: Some(self.id.clone()),
            iat: Some(self.created_at),
            exp: Some(self.expires_at),
            ..Introspection::default()
        }
    }
}
