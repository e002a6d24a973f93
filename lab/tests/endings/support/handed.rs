//! What a client is handed for a login, and the mechanisms by which it is.

use authlab_client::{answer::Answer, credential::Credential, request::Request};

/// What a login is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Cookie,
    Session,
    Jwt,
    Opaque,
}

/// A credential, and for a JWT what buys the next one.
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

    /// Whether the credential itself says since when it is valid, so that another machine's clock has a say in it.
    pub(crate) fn is_stamped(self) -> bool {
        matches!(self, Self::Cookie | Self::Jwt)
    }
}

impl Handed {
    /// What this answer hands out, if it hands out anything.
    pub(crate) fn by(answer: &Answer) -> Option<Self> {
        if !(200..300).contains(&answer.status) {
            return None;
        }
        let body = answer.json().unwrap_or_default();
        // `POST /token` answers with bare members, everything else with a member `token`.
        let token = if answer.asked.path == "/token" { &body } else { &body["token"] };
        let refresh = token["refresh_token"].as_str().map(str::to_owned);
        let credential = match token["access_token"].as_str() {
            Some(access) => Credential::Bearer(access.to_owned()),
            None => Credential::handed_out_by(answer).ok()?,
        };
        Some(Self { credential, refresh })
    }

    /// This request with this credential and no other.
    pub(crate) fn shown_in(&self, request: Request) -> Request {
        self.credential.forged(request, self.credential.text())
    }
}

/// The next pair for this refresh token.
pub(crate) fn refresh(token: &str) -> Request {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    Request::post("/token").without_credential().form(&fields)
}
