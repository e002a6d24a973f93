//! Where a token is found in what the client presents.

use shared::{handover::TOKEN_COOKIE, presented::Presented, refusal::Refusal, secret::Secret};

/// The one access token, whatever carries it (RFC 6750 §2).
pub(crate) fn token(presented: &Presented) -> Result<Option<&str>, Refusal> {
    let header = presented.bearer().map(Secret::expose);
    let query = presented.query().map(Secret::expose);
    let cookie = presented.credential(TOKEN_COOKIE);
    let mut tokens = [header, query, cookie].into_iter().flatten();
    let first = tokens.next();
    if tokens.any(|other| Some(other) != first) {
        return Err(Refusal::Ambiguous("two different tokens were sent; send one, in one place".to_owned()));
    }
    Ok(first)
}

/// Every access token that is shown, where several cookies contradict one another: none of them is believed, and a logout ends
/// them all.
pub(crate) fn tokens(presented: &Presented) -> Result<Vec<&str>, Refusal> {
    let one = token(presented)?;
    let mut tokens = presented.credentials(TOKEN_COOKIE);
    tokens.extend(one.filter(|one| !tokens.contains(one)));
    Ok(tokens)
}
