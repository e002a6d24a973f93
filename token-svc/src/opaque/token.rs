//! The text of an opaque token, and what a store finds its login by.

use std::fmt;

use authlab_secrets::Secret;
use sha2::{Digest as _, Sha256};

use crate::text::{self, BLOCK_LENGTH, OPAQUE_PREFIX, random_block};

/// Number of digits in the body of a token.
const BODY_LENGTH: usize = 2 * BLOCK_LENGTH;

/// What a store finds the login of a token by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenKey<'a> {
    /// Most of the text, which is a credential.
    body: &'a str,
    /// The SHA-256 of the whole text.
    pub(super) digest: [u8; 32],
}

/// A fresh token whose body begins with these digits, which are not secret. The others are random.
pub(super) fn fresh(beginning: &str) -> Secret {
    let mut body = random_block() + &random_block();
    body.replace_range(..beginning.len(), beginning);
    text::token(OPAQUE_PREFIX, &body)
}

impl<'a> TokenKey<'a> {
    /// `None`, without a look-up, for a text that this service never issued.
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        let body = text::body(OPAQUE_PREFIX, token)?;
        // Anybody can compute a checksum. The beginning of the body becomes part of a key in Redis.
        let is_body = body.len() == BODY_LENGTH && body.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_body.then(|| Self { body, digest: Sha256::digest(token).into() })
    }

    /// The first digits of the body.
    pub(super) fn beginning(&self, length: usize) -> &'a str {
        &self.body[..length]
    }
}

/// Without the text.
impl fmt::Debug for TokenKey<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenKey")
    }
}

#[cfg(test)]
mod tests {
    use super::{BODY_LENGTH, TokenKey, fresh};
    use crate::text::{OPAQUE_PREFIX, token};

    #[test]
    fn a_token_says_where_its_login_is_and_no_two_are_alike() {
        for beginning in ["", "a0", "zZ"] {
            let (one, other) = (fresh(beginning), fresh(beginning));
            let [one, other] = [&one, &other].map(|token| TokenKey::parse(token.expose()).unwrap());
            assert_eq!((one.beginning(beginning.len()), other.beginning(beginning.len())), (beginning, beginning));
            assert_ne!(one.digest, other.digest);
        }
    }

    #[test]
    fn a_right_checksum_alone_makes_no_token() {
        for body in
            ["", "a", "{}", &"a".repeat(BODY_LENGTH - 1), &"}".repeat(BODY_LENGTH), &"é".repeat(BODY_LENGTH / 2)]
        {
            assert_eq!(TokenKey::parse(token(OPAQUE_PREFIX, body).expose()), None, "{body}");
        }
    }
}
