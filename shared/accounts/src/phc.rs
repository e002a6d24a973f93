//! Password hashes as PHC strings, with the parameters that OWASP recommends: argon2id, m=19456, t=2, p=1, the library's defaults.
//!
//! In builds with debug assertions, and only there, the environment variable `AUTHLAB_CHEAP_PASSWORD_HASH=1` makes new hashes almost
//! free, for tests that log in thousands of times. A stored hash is always verified with its own parameters.

use std::{env, sync::LazyLock};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use authlab_secrets::{Secret, random};
use subtle::ConstantTimeEq as _;

/// Hashes with a fresh salt. `memory` grows to the size needed and keeps it.
pub(super) fn hash(password: &Secret, memory: &mut Vec<Block>) -> String {
    let params = params();
    let salt = Salt::new(&random::bytes::<16>()).expect("16 bytes are a salt");
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    fill(&Argon2::from(&params), password, &salt, &mut output, memory)
        .expect("the parameters, a salt of 16 bytes and a password of bounded length are valid");
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).expect("the parameters have a spelling"),
        salt: Some(salt),
        hash: Some(Output::new(&output).expect("32 bytes are an output")),
    };
    hash.to_string()
}

/// Whether the password matches, computed with the hash's own parameters. An invalid hash matches no password.
pub(super) fn fits(password: &Secret, hash: &str, memory: &mut Vec<Block>) -> bool {
    computed(password, hash, memory).unwrap_or(false)
}

/// Whether a new hash would use the same algorithm and cost.
pub(super) fn is_current(hash: &str) -> bool {
    let cost = |params: Params| (params.m_cost(), params.t_cost(), params.p_cost());
    PasswordHash::new(hash).is_ok_and(|stored| {
        stored.algorithm == Algorithm::Argon2id.ident()
            && stored.version == Some(Version::V0x13.into())
            && Params::try_from(&stored).is_ok_and(|stored| cost(stored) == cost(params()))
    })
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

/// The cost of new hashes.
fn params() -> Params {
    if is_cheap() { Params::new(8, 1, 1, None).expect("these are the smallest parameters") } else { Params::default() }
}

fn is_cheap() -> bool {
    static CHEAP: LazyLock<bool> =
        LazyLock::new(|| env::var_os("AUTHLAB_CHEAP_PASSWORD_HASH").is_some_and(|value| value == "1"));
    cfg!(debug_assertions) && *CHEAP
}

/// A hash that matches no password, for unknown names. Checking it takes as long as checking a new hash.
pub(super) fn dummy_hash() -> &'static str {
    if is_cheap() {
        return "$argon2id$v=19$m=8,t=1,p=1$bm9ib2R5IGhhcyB0aGlzIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    }
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
}

#[cfg(test)]
mod tests {
    use super::{Secret, computed, dummy_hash};

    #[test]
    fn checking_nobodys_hash_is_real_work_for_nothing() {
        let mut memory = Vec::new();
        assert_eq!(computed(&Secret::new("correct horse battery staple"), dummy_hash(), &mut memory), Some(false));
        assert_eq!(memory.len(), 19_456, "as much memory as for anybody");
    }

    #[test]
    fn what_is_no_hash_fits_nothing() {
        for text in ["", "plain", "$argon2id$", "$argon2id$v=19$m=1,t=1,p=1$x$y", "$pbkdf2$i=1$c2FsdHNhbHQ$AAAA"] {
            assert_ne!(computed(&Secret::new("plain"), text, &mut Vec::new()), Some(true), "{text}");
        }
    }
}
