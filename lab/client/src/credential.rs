//! The credential of a login, in a cookie or a header.

use crate::{answer::Answer, expect::Failure, request::Request};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    Cookie { name: String, value: String },
    Bearer(String),
}

impl Credential {
    /// The credential that a login's answer contains.
    pub fn handed_out_by(login: &Answer) -> Result<Self, Failure> {
        let token = login.json().and_then(|body| body["token"]["access_token"].as_str().map(str::to_owned));
        let cookie = login.new_cookie();
        match (token, cookie) {
            (Some(token), _) => Ok(Self::Bearer(token)),
            (None, Some(cookie)) => {
                Ok(Self::Cookie { name: cookie.name().to_owned(), value: cookie.value().to_owned() })
            }
            (None, None) => Err(Failure::new("a credential, in a cookie or in the body", login.in_short())),
        }
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Cookie { value, .. } => value,
            Self::Bearer(token) => token,
        }
    }

    /// A request with another text in place of this credential, and no other credential.
    pub fn forged(&self, request: Request, text: &str) -> Request {
        match self {
            Self::Cookie { name, .. } => request.without_credential().cookie(name, text),
            Self::Bearer(_) => request.without_credential().bearer(text),
        }
    }
}
