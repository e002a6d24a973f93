//! The credentials of a client, and how it sends them.

use std::collections::BTreeMap;

use authlab_mechanism::{
    handover::{CookieChange, Handover, TokenChange},
    presented::Presented,
};
use authlab_secrets::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{contender::Carrier, wire::Answer};

/// The cookies and the token of one client. They are test data, so they need not be secret.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Held {
    pub cookies: BTreeMap<String, String>,
    pub token: Option<String>,
    /// The refresh token.
    pub refresh: Option<String>,
}

impl Held {
    /// Stores what a mechanism hands over, without HTTP.
    pub fn take(&mut self, handover: Handover) {
        for change in handover.cookies {
            match change {
                CookieChange::Set(cookie) => self.cookies.insert(cookie.name, cookie.value.expose().to_owned()),
                CookieChange::Delete(name) => self.cookies.remove(&name),
            };
        }
        match handover.token {
            Some(TokenChange::Take(token)) => {
                self.token = Some(token.access_token.expose().to_owned());
                let refresh = token.refresh_token.map(|refresh| refresh.text.expose().to_owned());
                self.refresh = refresh.or(self.refresh.take());
            }
            Some(TokenChange::Forget) => (self.token, self.refresh) = (None, None),
            None => {}
        }
    }

    /// Stores the cookies and tokens of an answer.
    pub fn hear(&mut self, answer: &Answer) {
        for set in answer.headers("set-cookie") {
            let mut parts = set.split(';');
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            if parts.any(|part| part.trim().eq_ignore_ascii_case("max-age=0")) {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if answer.body().contains("access_token") {
            let body: Value = serde_json::from_str(answer.body()).unwrap_or_default();
            let told = |pointer| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            self.token = told("/token/access_token").or(self.token.take());
            self.refresh = told("/token/refresh_token").or(self.refresh.take());
        }
    }

    pub fn presented(&self) -> Presented {
        let cookies = self.cookies.iter().map(|(name, value)| (name.clone(), Secret::new(value.clone())));
        Presented::new(cookies.collect(), self.token.clone().map(Secret::new), None)
    }

    /// The header lines that present the credential.
    pub fn header(&self, carrier: Carrier) -> String {
        let mut cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut lines = String::new();
        if let Some(token) = &self.token {
            match carrier {
                Carrier::Bearer => lines = format!("Authorization: Bearer {token}\r\n"),
                Carrier::Cookie => cookies.push(format!("{}={token}", token_svc::COOKIES.access)),
            }
        }
        if !cookies.is_empty() {
            lines = format!("{lines}Cookie: {}\r\n", cookies.join("; "));
        }
        lines
    }

    /// The same with one character of each credential changed, near its end: inside the signature, if there is one.
    #[must_use]
    pub fn forged(&self) -> Self {
        let cookies = self.cookies.iter().map(|(name, value)| (name.clone(), changed(value))).collect();
        Self { cookies, token: self.token.as_deref().map(changed), refresh: self.refresh.clone() }
    }
}

fn changed(value: &str) -> String {
    let place = value.len().saturating_sub(9);
    let (before, after) = value.split_at(place);
    let other = if after.starts_with('a') { "b" } else { "a" };
    format!("{before}{other}{}", after.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::Held;
    use crate::harness::contender::Carrier;

    fn held() -> Held {
        let cookies = [("login".to_owned(), "0123456789abcdef".to_owned())].into();
        Held { cookies, token: Some("t".repeat(20)), refresh: None }
    }

    #[test]
    fn a_token_goes_where_it_is_told_to_go() {
        assert_eq!(
            held().header(Carrier::Bearer),
            "Authorization: Bearer tttttttttttttttttttt\r\nCookie: login=0123456789abcdef\r\n"
        );
        assert_eq!(held().header(Carrier::Cookie), "Cookie: login=0123456789abcdef; token=tttttttttttttttttttt\r\n");
    }

    #[test]
    fn a_forgery_is_as_long_as_the_original_and_differs_in_one_character() {
        let (original, forged) = (held(), held().forged());
        for (one, other) in
            [(&original.cookies["login"], &forged.cookies["login"]), (&original.token.unwrap(), &forged.token.unwrap())]
        {
            assert_eq!(one.len(), other.len());
            assert_eq!(one.chars().zip(other.chars()).filter(|(one, other)| one != other).count(), 1);
        }
    }
}
