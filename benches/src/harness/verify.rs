//! The checks that each contender passes before it is measured. They panic, since a wrong answer makes every figure wrong.

use std::{io, net::SocketAddr};

use super::{
    contender::Contender,
    held::Held,
    journey::Journey,
    wire::{Answer, exchange},
};

/// The contender whose answer all others repeat.
pub const MODEL: &str = "cookie signed, off";

/// Panics unless the contender accepts this client of the first account, and refuses one without a credential. Returns the
/// answer to the client.
pub fn accepts_its_client_only(contender: &Contender, address: SocketAddr, held: &Held) -> io::Result<Answer> {
    let answer = exchange(address, &Journey::Mine.request(contender, contender.carrier, held))?;
    assert_eq!(answer.status(), "200", "{}: {answer:?}", contender.name);
    assert!(answer.body().starts_with(r#"{"username":"u00000","mechanism":""#), "{}: {answer:?}", contender.name);
    let anonymous = exchange(address, &Journey::Anonymous.request(contender, contender.carrier, held))?;
    let expected = if contender.asks() { "401" } else { "200" };
    assert_eq!(anonymous.status(), expected, "{} without a credential: {anonymous:?}", contender.name);
    Ok(answer)
}

/// Panics unless the answer has the same headers and body as the model's, except the mechanism's name. A peer may send more
/// headers; the nulls must be equal byte for byte.
pub fn answers_like_the_model(contender: &Contender, answer: &Answer, model: &Answer) {
    let (name, headers, mut sent) = (contender.name, model.header_names(), answer.header_names());
    if contender.is_a_peer() {
        sent.retain(|header| headers.contains(header));
    }
    assert_eq!(sent, headers, "{name} answers with other headers");
    assert_eq!(shape(answer), shape(model), "{name} answers otherwise: {answer:?} {model:?}");
    let null = !contender.asks() && !contender.is_a_program();
    assert!(!null || answer.bytes() == model.bytes(), "{name} answers otherwise: {answer:?} {model:?}");
}

/// The body without the mechanism's name and the digits of its times.
fn shape(answer: &Answer) -> String {
    let words = ["cookie", "session", "token"];
    let body = words.into_iter().fold(answer.body().to_owned(), |body, word| body.replacen(word, "", 1));
    body.replace(|letter: char| letter.is_ascii_digit(), "0")
}
