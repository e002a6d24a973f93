//! Tries which kinds of clients each service supports with its defaults.

use std::io;

use authlab_results::{Metric, Point};
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::Value;

use super::{
    contender::Carrier,
    fleet::{Fleet, Runner},
    held::Held,
    journey::username,
    record::Recorder,
    wire::{exchange, form, request},
};

/// One contender per mechanism, and one per kind of token.
const TRIED: [&str; 5] = ["cookie signed, feed", "session, memory", "token HS256, feed", "token opaque", "token EdDSA"];
const EVERY_KIND: &str = "every kind";

type Try = fn(&Runner) -> io::Result<bool>;
const KINDS: [(&str, Try); 3] = [
    ("a browser", browser),
    ("a program without cookies", without_cookies),
    ("a service that checks by itself", checks_by_itself),
];

/// Records the number of supported kinds, and each kind.
pub fn count(fleet: &mut Fleet, record: &mut Recorder) -> io::Result<()> {
    for name in TRIED {
        let Some(runner) = fleet.runner(name) else { continue };
        let mut served = 0;
        for (kind, is_served) in KINDS {
            let one = u32::from(is_served(runner)?);
            served += one;
            record.push(0, Metric::ClientKinds, &Point::new(name, kind), f64::from(one));
        }
        record.push(0, Metric::ClientKinds, &Point::new(name, EVERY_KIND), f64::from(served));
    }
    Ok(())
}

/// Logs in with a form and sends only cookies afterwards, nothing from a body.
fn browser(runner: &Runner) -> io::Result<bool> {
    let body = format!("username={}&password=correct+horse+battery+staple", username(0));
    let answer = exchange(runner.server.address, &form("/login", "Sec-Fetch-Site: same-origin\r\n", &body))?;
    let mut held = Held::default();
    held.hear(&answer);
    is_known(runner, &Held { token: None, ..held }, Carrier::Cookie)
}

/// Logs in with JSON and sends only the token from the body, no cookie.
fn without_cookies(runner: &Runner) -> io::Result<bool> {
    let token = runner.server.log_in_over_http(0, &[])?.token;
    is_known(runner, &Held { token, ..Held::default() }, Carrier::Bearer)
}

/// Gets the token from a logged-in client, and checks it with the published keys only.
fn checks_by_itself(runner: &Runner) -> io::Result<bool> {
    let Some(token) = runner.server.log_in_over_http(0, &[])?.token else { return Ok(false) };
    let published = exchange(runner.server.address, &request("GET", "/.well-known/jwks.json", "", ""))?;
    let keys: JwkSet = serde_json::from_str(published.body()).unwrap_or(JwkSet { keys: Vec::new() });
    let Ok(header) = decode_header(&token) else { return Ok(false) };
    let Some(key) = header.kid.and_then(|kid| keys.find(&kid).cloned()) else { return Ok(false) };
    let key = DecodingKey::from_jwk(&key).map_err(io::Error::other)?;
    let mut validation = Validation::new(header.alg);
    validation.set_audience(&["authlab"]);
    let claims = decode::<Value>(&token, &key, &validation).map_err(io::Error::other)?.claims;
    Ok(claims["username"] == username(0))
}

fn is_known(runner: &Runner, held: &Held, carrier: Carrier) -> io::Result<bool> {
    let answer = exchange(runner.server.address, &request("GET", "/mine", &held.header(carrier), ""))?;
    Ok(answer.status() == "200")
}
