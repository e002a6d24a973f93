//! The credentials that a client gets, and the kinds of logins.

use authlab_client::{answer::Answer, credential::Credential, request::Request};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Cookie,
    Session,
    Jwt,
    Opaque,
}

/// A credential, and for a JWT its refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handed {
    pub(crate) credential: Credential,
    pub(crate) refresh: Option<String>,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Cookie, Self::Session, Self::Jwt, Self::Opaque];

    pub(crate) fn service(self) -> &'static str {
        match self {
            Self::Cookie => "cookie-svc",
            Self::Session => "session-svc",
            Self::Jwt | Self::Opaque => "token-svc",
        }
    }

    /// Whether the credential contains the time from which it is valid. Then a different clock of another machine
    /// matters.
    pub(crate) fn is_stamped(self) -> bool {
        matches!(self, Self::Cookie | Self::Jwt)
    }
}

impl Handed {
    /// The credential that this answer hands out, if any.
    pub(crate) fn by(answer: &Answer) -> Option<Self> {
        if !(200..300).contains(&answer.status) {
            return None;
        }
        let body = answer.json().unwrap_or_default();
        // In the answer of `POST /token` the tokens are at the top level, in other answers in the member `token`.
        let token = if answer.asked.path == "/token" { &body } else { &body["token"] };
        let refresh = token["refresh_token"].as_str().map(str::to_owned);
        let credential = match token["access_token"].as_str() {
            Some(access) => Credential::Bearer(access.to_owned()),
            None => Credential::handed_out_by(answer).ok()?,
        };
        Some(Self { credential, refresh })
    }

    /// The request with this credential and no other.
    pub(crate) fn shown_in(&self, request: Request) -> Request {
        self.credential.forged(request, self.credential.text())
    }
}
