//! The client's tokens, taken from the bodies of answers.

use serde_json::Value;

use crate::{answer::Answer, recording::Holding, shortened};

/// The bytes of `authorization: Bearer ` and the line's end.
const BEARER_HEADER: usize = 24;

#[derive(Clone, Debug, Default)]
pub struct HeldTokens {
    access: Option<String>,
    refresh: Option<String>,
}

impl HeldTokens {
    pub fn access(&self) -> Option<&str> {
        self.access.as_deref()
    }

    pub fn refresh(&self) -> Option<&str> {
        self.refresh.as_deref()
    }

    /// Stores the tokens of an answer, and drops them after a successful logout.
    ///
    /// A logout's answer is empty and cannot delete a token, so the client must drop it.
    pub(crate) fn keep(&mut self, answer: &Answer) {
        if !(200..300).contains(&answer.status) {
            return;
        }
        let path = answer.asked.path.split('?').next().unwrap_or_default();
        if answer.asked.method == http::Method::POST && path == "/logout" {
            *self = Self::default();
        }
        if let Some(body) = answer.json().filter(|body| !is_in_a_cookie(body, answer)) {
            self.take(&body, path == "/token");
        }
    }

    /// Reads the member `token` of any answer, or the body itself at the token endpoint (RFC 6749 §5.1).
    fn take(&mut self, body: &Value, is_token_endpoint: bool) {
        let token = if is_token_endpoint { body } else { &body["token"] };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if let Some(access) = text(token).or_else(|| text(&token["access_token"])) {
            self.access = Some(access);
        }
        if let Some(refresh) = text(&token["refresh_token"]) {
            self.refresh = Some(refresh);
        }
    }

    pub(crate) fn held(&self) -> impl Iterator<Item = Holding> {
        let held = |name: &str, token: &str, bytes| Holding {
            kind: "token",
            name: name.to_owned(),
            value: shortened::secret(token),
            bytes,
        };
        let access = self.access.as_deref().map(|token| held("access_token", token, token.len() + BEARER_HEADER));
        // A refresh token is not part of ordinary requests.
        let refresh = self.refresh.as_deref().map(|token| held("refresh_token", token, 0));
        access.into_iter().chain(refresh)
    }
}

/// Ignores a token that also came in a cookie. Stored twice, the two copies would differ after the next write.
fn is_in_a_cookie(body: &Value, answer: &Answer) -> bool {
    let token = body["token"]["access_token"].as_str();
    answer.set_cookies().any(|cookie| Some(cookie.value()) == token)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::HeldTokens;

    #[test]
    fn a_token_is_taken_from_the_member_of_that_name() {
        let mut tokens = HeldTokens::default();
        tokens.take(&json!({"token": {"access_token": "first", "refresh_token": "spare"}}), false);
        tokens.take(&json!({"token": {"access_token": "second"}}), false);
        assert_eq!((tokens.access(), tokens.refresh()), (Some("second"), Some("spare")));
    }

    #[test]
    fn only_the_token_endpoint_answers_with_bare_members() {
        let mut tokens = HeldTokens::default();
        tokens.take(&json!({"access_token": "stray"}), false);
        assert_eq!(tokens.access(), None);
        tokens.take(&json!({"access_token": "mine"}), true);
        assert_eq!(tokens.access(), Some("mine"));
    }

    #[test]
    fn a_text_under_another_name_is_no_token() {
        let mut tokens = HeldTokens::default();
        tokens.take(&json!({"items": {"token": "an item"}}), false);
        assert_eq!(tokens.access(), None);
    }
}
