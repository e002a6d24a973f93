//! The prefix of all keys of a deployment in Redis.

use std::str::FromStr;

/// A prefix that the settings chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPrefix(String);

/// Maximum length of a prefix, which every key repeats.
const MAX_PREFIX_LENGTH: usize = 64;

impl KeyPrefix {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for KeyPrefix {
    type Err = &'static str;

    /// Refuses braces, which would choose the slot in a cluster, and the wildcards `*`, `?`, `[` of ACL patterns.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b":._-".contains(&byte);
        if text.len() > MAX_PREFIX_LENGTH || !text.bytes().all(allowed) {
            return Err("a prefix must have at most 64 characters of `A-Za-z0-9:._-`");
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::KeyPrefix;

    #[test]
    fn a_prefix_is_short_and_plain() {
        for text in ["", "a", "shop:sessions:", "A-b_c.9", &"x".repeat(64)] {
            assert_eq!(text.parse::<KeyPrefix>().unwrap().as_str(), text);
        }
        for text in ["{a}", "a*", "a b", "é", "a\n", &"x".repeat(65)] {
            assert!(text.parse::<KeyPrefix>().is_err(), "{text}");
        }
    }
}
