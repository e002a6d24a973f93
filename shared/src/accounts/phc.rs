//! Password hashes as PHC strings, with the parameters OWASP asks for: argon2id, m=19456, t=2, p=1, the library's defaults.

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use subtle::ConstantTimeEq as _;

use crate::{random, secret::Secret};

/// A fresh hash with a fresh salt; `memory` grows to what it takes and stays.
pub(super) fn hash(password: &Secret, memory: &mut Vec<Block>) -> String {
    let params = Params::default();
    let salt = Salt::new(&random::bytes::<16>()).expect("16 bytes are a salt");
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    fill(&Argon2::from(&params), password, &salt, &mut output, memory)
        .expect("the default parameters, a salt of 16 bytes and a password of bounded length are valid");
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).expect("the default parameters have a spelling"),
        salt: Some(salt),
        hash: Some(Output::new(&output).expect("32 bytes are an output")),
    };
    hash.to_string()
}

/// Whether the password fits, by the parameters that the hash names. What is no hash fits nothing.
pub(super) fn fits(password: &Secret, hash: &str, memory: &mut Vec<Block>) -> bool {
    computed(password, hash, memory).unwrap_or(false)
}

fn computed(password: &Secret, hash: &str, memory: &mut Vec<Block>) -> Option<bool> {
    let stored = PasswordHash::new(hash).ok()?;
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = Version::try_from(stored.version?).ok()?;
    let argon2 = Argon2::new(algorithm, version, Params::try_from(&stored).ok()?);
    let expected = stored.hash?;
    let mut output = vec![0; expected.len()];
    fill(&argon2, password, stored.salt.as_ref()?, &mut output, memory).ok()?;
    Some(output.ct_eq(expected.as_bytes()).into())
}

fn fill(
    argon2: &Argon2<'_>,
    password: &Secret,
    salt: &Salt,
    output: &mut [u8],
    memory: &mut Vec<Block>,
) -> argon2::Result<()> {
    let blocks = argon2.params().block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, output, &mut memory[..blocks])
}

/// A hash that no password fits, for names that nobody has: checking it takes as long as checking a real one.
pub(super) fn of_nobody() -> &'static str {
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
}

#[cfg(test)]
mod tests {
    use super::{Secret, computed, of_nobody};

    #[test]
    fn checking_nobodys_hash_is_real_work_for_nothing() {
        let mut memory = Vec::new();
        assert_eq!(computed(&Secret::new("correct horse battery staple"), of_nobody(), &mut memory), Some(false));
        assert_eq!(memory.len(), 19_456, "as much memory as for anybody");
    }

    #[test]
    fn what_is_no_hash_fits_nothing() {
        for text in ["", "plain", "$argon2id$", "$argon2id$v=19$m=1,t=1,p=1$x$y", "$pbkdf2$i=1$c2FsdHNhbHQ$AAAA"] {
            assert_ne!(computed(&Secret::new("plain"), text, &mut Vec::new()), Some(true), "{text}");
        }
    }
}
