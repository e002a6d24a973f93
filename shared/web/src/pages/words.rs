//! Describes a mechanism in words, from its card.

use std::time::Duration;

use authlab_mechanism::login::{Card, Carrier, Place, Scheme, StateLives};
use jiff::Timestamp;

/// The client's credential, as a noun phrase.
pub(super) fn credential(card: &Card) -> &'static str {
    match (card.state_lives, &card.scheme) {
        (StateLives::Client, Scheme::Cookie(_)) => "a signed cookie",
        (StateLives::Server, Scheme::Cookie(_)) => "a random session id in a cookie",
        (StateLives::Client, Scheme::Bearer(_)) => "a signed token",
        (StateLives::Server, Scheme::Bearer(_)) => "a random token",
    }
}

/// How the service recognizes the client, as a sentence.
pub(super) fn recognition(card: &Card) -> &'static str {
    match card.state_lives {
        StateLives::Client => {
            "Your client holds your username and the time of your login, under a signature that only this service can make. \
            On each request the service checks the signature and then trusts the content."
        }
        StateLives::Server => {
            "Your client holds a random id, which contains no information. On each request the service looks up the record \
            of this id, and the record says who you are."
        }
    }
}

/// What the server keeps for a login, as a noun phrase.
pub(super) fn kept(card: &Card) -> &'static str {
    match (card.state_lives, card.store) {
        (StateLives::Client, None) => "nothing",
        (StateLives::Client, Some(_)) => "nothing that the login needs",
        (StateLives::Server, Some(Place::Redis)) => "a record in Redis",
        (StateLives::Server, Some(Place::Sql)) => "a row in its database",
        (StateLives::Server, _) => "a record in its memory",
    }
}

pub(super) fn carrier(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Cookie => "a cookie",
        Carrier::Bearer => "the header Authorization: Bearer",
        Carrier::Query => "the address, as ?token= (never in production)",
    }
}

/// Turns a clause into a sentence. Problems are clauses, so that a program can print them after a colon.
pub fn sentence(clause: &str) -> String {
    let mut letters = clause.trim().chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}

/// `2 weeks`, `5 minutes`: a duration in the largest unit that divides it.
pub(super) fn duration(duration: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [(604_800, "week"), (86_400, "day"), (3_600, "hour"), (60, "minute")];
    let seconds = duration.as_secs();
    let (size, unit) =
        UNITS.into_iter().find(|(size, _)| seconds >= *size && seconds.is_multiple_of(*size)).unwrap_or((1, "second"));
    let count = seconds / size;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// An instant for readers; the machine-readable form is in `datetime`.
pub(super) fn instant(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
