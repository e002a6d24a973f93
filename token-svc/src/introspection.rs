//! Token introspection (RFC 7662): who may ask, and the answers.

use authlab_mechanism::{
    login::Account,
    presented::Presented,
    refusal::{Cannot, Denied, Refusal},
    tokens::Introspection,
};
use authlab_secrets::{Secret, keys::file};
use authlab_service::StartError;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::{claims::Claims, login_row::LoginRow, opaque::OpaqueLogin, settings::TokenSettings};

/// An attacker cannot guess a secret of this length (RFC 6749 §10.10).
const MIN_SECRET_BYTES: usize = 32;

/// The secret that a resource server presents as its bearer token (RFC 7662 §2.1). Its digest is kept, so that all have one length.
#[derive(Debug)]
pub(crate) struct IntrospectionSecret([u8; 32]);

impl IntrospectionSecret {
    /// `None` if no secret is set.
    pub(crate) fn from_settings(settings: &TokenSettings) -> Result<Option<Self>, StartError> {
        let (setting, secret) = match (&settings.introspection_secret, &settings.introspection_secret_file) {
            (None, None) => return Ok(None),
            (Some(secret), _) => ("INTROSPECTION_SECRET", secret.clone()),
            (None, Some(path)) => {
                let read = file::refuse_exposed(path).and_then(|()| file::read(path));
                let setting = "INTROSPECTION_SECRET_FILE";
                (setting, read.map_err(|error| StartError::Mechanism { setting, problem: error.to_string() })?)
            }
        };
        let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if secret.expose().len() < MIN_SECRET_BYTES || !secret.expose().bytes().all(in_alphabet) {
            let problem = format!(
                "needs at least {MIN_SECRET_BYTES} characters of A-Za-z0-9-._~+/= (RFC 6750 §2.1); \
                 make one with `openssl rand -hex 32`"
            );
            return Err(StartError::Mechanism { setting, problem });
        }
        Ok(Some(Self(digest(&secret))))
    }

    /// Refuses a request that does not present the secret.
    pub(crate) fn check(&self, presented: &Presented) -> Result<(), Refusal> {
        let secret = presented.bearer().ok_or(Refusal::NotLoggedIn(Denied::Missing))?;
        if bool::from(digest(secret).ct_eq(&self.0)) { Ok(()) } else { Err(Refusal::NotLoggedIn(Denied::Forged)) }
    }
}

fn digest(secret: &Secret) -> [u8; 32] {
    Sha256::digest(secret.expose()).into()
}

/// The refusal of a service without a secret.
pub(crate) const NO_SECRET: Cannot = Cannot {
    mechanism: "token",
    what: "introspect tokens",
    because: "no introspection secret is set",
    instead: "set INTROSPECTION_SECRET_FILE, or verify JWTs by /.well-known/jwks.json",
};

const BEARER: Option<&str> = Some("Bearer");

impl Claims {
    pub(crate) fn introspection(&self) -> Introspection {
        let active = active(&self.account(), &self.jti, (self.iat, self.exp));
        Introspection { token_type: BEARER, iss: Some(self.iss.clone()), aud: Some(self.aud.clone()), ..active }
    }
}

impl OpaqueLogin {
    pub(crate) fn introspection(&self) -> Introspection {
        Introspection { token_type: BEARER, ..self.row.introspection() }
    }
}

impl LoginRow {
    pub(crate) fn introspection(&self) -> Introspection {
        active(&self.account, &self.id, (self.created_at, self.expires_at))
    }
}

fn active(account: &Account, login: &str, (iat, exp): (i64, i64)) -> Introspection {
    Introspection {
        active: true,
        username: Some(account.username.clone()),
        sub: Some(account.id.to_string()),
        jti: Some(login.to_owned()),
        iat: Some(iat),
        exp: Some(exp),
        ..Introspection::default()
    }
}
