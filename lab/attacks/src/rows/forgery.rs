//! Forged credentials: signed with a well-known secret, or with the stolen key.

use authlab_client::{
    expect::{Failure, instant},
    visitor::{LoginWith, Visitor, registration},
};
use authlab_results::attacks::Outcome;
use serde_json::{Value, json};

use crate::{
    attempt::Attempt,
    forge::{self, Hash},
    row::Played,
    rows::tampering::{NEEDS_THE_KEY, leaked},
};

/// Secrets from documentation, tutorials and lists of leaked secrets.
const COMMON_SECRETS: [&str; 24] = [
    "",
    "secret",
    "changeme",
    "password",
    "123456",
    "key",
    "test",
    "jwt",
    "jwt_secret",
    "mysecret",
    "supersecret",
    "your_secret_key",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "django-insecure-lab-0123456789abcdef0123456789abcdef",
    "keyboard cat",
    "authlab",
    "cookie-svc",
    "token-svc",
    "gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr9C",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
];

const NOTHING_IS_SIGNED: &str = "nothing is signed: the id is random and means nothing by itself";
const NO_CLAIMS: &str = "its credential has no claims";

pub(super) async fn sign_with_common_secrets(attempt: &mut Attempt) -> Played {
    let victim = attempt.person("victim").await?;
    let now = issued_at(&victim)?;
    let mut forger = attempt.somebody("forger");
    for secret in COMMON_SECRETS {
        let forgery = match attempt.about.mechanism.as_str() {
            "cookie" => forge::login_cookie(&victim.username, secret.as_bytes(), now),
            "token" => match forge::Token::parse(victim.credential.text()) {
                Some(genuine) => genuine.signed(Hash::S256, secret.as_bytes()),
                None => return Ok(Outcome::not_applicable(NOTHING_IS_SIGNED)),
            },
            _ => return Ok(Outcome::not_applicable(NOTHING_IS_SIGNED)),
        };
        if forger.taken_for(victim.forged(&forgery)).await?.is_some() {
            return Ok(Outcome::fell(format!("the secret is `{secret}`")));
        }
    }
    Ok(Outcome::Held)
}

fn issued_at(person: &Visitor) -> Result<i64, Failure> {
    Ok(instant(&person.login.json().unwrap_or_default(), "issued_at")?.as_second())
}

/// The main difference between state in the client and state on the server.
pub(super) async fn sign_with_the_stolen_key(attempt: &mut Attempt) -> Played {
    let Some(secret) = attempt.deployment.key.clone() else { return Ok(Outcome::not_applicable(NEEDS_THE_KEY)) };
    let victim = attempt.person("victim").await?;
    let thief_login = attempt.person("thief").await?;
    let now = issued_at(&victim)?;
    // The forger has the key and the username, but no credential of the victim.
    let forgery = match attempt.about.mechanism.as_str() {
        "token" => {
            let Some((mut own, key)) = leaked(attempt, &thief_login) else {
                return Ok(Outcome::not_applicable(NEEDS_THE_KEY));
            };
            own.claims["username"] = json!(victim.username);
            own.claims["jti"] = json!("0123456789abcdef0123456789abcdef");
            own.signed(Hash::S256, &key)
        }
        // A session is not signed, so the row tries a signed cookie in its place.
        _ => forge::login_cookie(&victim.username, secret.expose().as_bytes(), now),
    };
    let taken_for = attempt.somebody("thief of the key").taken_for(victim.forged(&forgery)).await?;
    if taken_for != Some(victim.username) {
        return Ok(Outcome::Held);
    }
    Ok(Outcome::by_nature(
        "the signature is all there is to believe: whoever has the key is everybody, until it is changed",
        "keep logins on the server, and nothing can be signed; or keep the key where it can only be used (an HSM)",
        "one look-up in the store a request",
    ))
}

/// Seconds ahead of now: more than the allowed clock difference.
const AHEAD: i64 = 3_600;

pub(super) async fn sign_in_the_future(attempt: &mut Attempt) -> Played {
    let Some(secret) = attempt.deployment.key.clone() else { return Ok(Outcome::not_applicable(NEEDS_THE_KEY)) };
    let victim = attempt.person("victim").await?;
    let later = issued_at(&victim)? + AHEAD;
    let forgeries = match attempt.about.mechanism.as_str() {
        "cookie" => vec![forge::login_cookie(&victim.username, secret.expose().as_bytes(), later)],
        "token" => {
            let Some((genuine, key)) = leaked(attempt, &victim) else {
                return Ok(Outcome::not_applicable(NEEDS_THE_KEY));
            };
            let lifetime = i64::try_from(attempt.about.lifetime).unwrap_or(i64::MAX);
            let later_in = |members: &[&str]| {
                let mut token = genuine.clone();
                for member in members {
                    token.claims[*member] = json!(if *member == "exp" { later + lifetime } else { later });
                }
                token.signed(Hash::S256, &key)
            };
            vec![later_in(&["nbf"]), later_in(&["iat", "exp"]), later_in(&["iat", "nbf", "exp"])]
        }
        _ => return Ok(Outcome::not_applicable("the server's own clock alone is asked")),
    };
    passes(attempt, &victim, forgeries, "a credential that is not valid yet passes").await
}

pub(super) async fn sign_absurd_times(attempt: &mut Attempt) -> Played {
    if attempt.is("cookie") {
        return absurd_stamps(attempt).await;
    }
    let victim = attempt.person("victim").await?;
    let Some((genuine, key)) = leaked(attempt, &victim) else { return Ok(unsigned(attempt)) };
    let now = issued_at(&victim)?;
    let times = [
        "null",
        r#""9999999999""#,
        "-1",
        "0",
        "1e30",
        "9007199254740993",
        "18446744073709551615",
        "1e400",
        "[]",
        "true",
    ];
    let mut forgeries: Vec<String> = times.iter().map(|time| with_raw(&genuine, "exp", time, &key)).collect();
    forgeries.push(without(&genuine, "exp", &key));
    forgeries.push(with_raw(&genuine, "exp", &(now + 10 * 365 * 86_400).to_string(), &key));
    forgeries.push(with_raw(&genuine, "exp", &(now - 60).to_string(), &key));
    forgeries.push(with_raw(&genuine, "nbf", r#""0""#, &key));
    passes(attempt, &victim, forgeries, "a token with an absurd time passes").await
}

/// Time stamps that are not numbers, or not in the only valid spelling.
async fn absurd_stamps(attempt: &mut Attempt) -> Played {
    let Some(secret) = attempt.deployment.key.clone() else { return Ok(Outcome::not_applicable(NEEDS_THE_KEY)) };
    let victim = attempt.person("victim").await?;
    let key = secret.expose().as_bytes();
    let forgeries = [-1, 0, i64::MAX, i64::MIN + 1, 253_402_300_800]
        .map(|at| forge::login_cookie(&victim.username, key, at))
        .to_vec();
    passes(attempt, &victim, forgeries, "a cookie with an absurd stamp passes").await
}

pub(super) async fn sign_other_claims(attempt: &mut Attempt) -> Played {
    let victim = attempt.person("victim").await?;
    let Some((genuine, key)) = leaked(attempt, &victim) else { return Ok(unsigned(attempt)) };
    let mut forgeries: Vec<String> = ["iss", "aud", "sub"].map(|claim| without(&genuine, claim, &key)).to_vec();
    let foreign = [
        ("iss", r#""https://evil.example""#),
        ("iss", r#""AUTHLAB""#),
        ("aud", r#""another-service""#),
        ("aud", "[]"),
        ("sub", "[1]"),
        ("sub", "null"),
    ];
    forgeries.extend(foreign.map(|(claim, value)| with_raw(&genuine, claim, value, &key)));
    passes(attempt, &victim, forgeries, "a token for or from somebody else passes").await
}

fn unsigned(attempt: &Attempt) -> Outcome {
    Outcome::not_applicable(if attempt.is("token") { NEEDS_THE_KEY } else { NO_CLAIMS })
}

/// Signs the token with this raw text as the value of a member. The text need not be JSON.
fn with_raw(genuine: &forge::Token, member: &str, raw: &str, key: &[u8]) -> String {
    const HOLE: &str = "hole in the JSON";
    let mut token = genuine.clone();
    token.claims[member] = Value::from(HOLE);
    let claims = token.claims.to_string().replace(&format!("\"{HOLE}\""), raw);
    forge::sign(&forge::raw_input(&token.header.to_string(), &claims), Hash::S256, key)
}

fn without(genuine: &forge::Token, member: &str, key: &[u8]) -> String {
    let mut token = genuine.clone();
    if let Some(claims) = token.claims.as_object_mut() {
        claims.remove(member);
    }
    token.signed(Hash::S256, key)
}

/// Falls if the service accepts any of these forgeries as a login.
pub(super) async fn passes(attempt: &Attempt, victim: &Visitor, forgeries: Vec<String>, what: &str) -> Played {
    let mut forger = attempt.somebody("forger");
    for forgery in forgeries {
        if forger.taken_for(victim.forged(&forgery)).await?.is_some() {
            return Ok(Outcome::fell(what));
        }
    }
    Ok(Outcome::Held)
}

/// Usernames and account numbers repeat between deployments, and anybody can register a name that is free.
pub(super) async fn use_one_of_another_deployment(attempt: &mut Attempt) -> Played {
    let Some(elsewhere) = attempt.deployment.neighbour.clone() else {
        return Ok(Outcome::not_applicable("there is no second deployment to get a credential from"));
    };
    let mut victim = attempt.person("victim").await?;
    let mut attacker = attempt.somebody_at(elsewhere, "attacker");
    attacker.ask(registration(&victim.username)).await?.is(201)?;
    let mut attacker = Visitor::log_in(attacker, &victim.username, LoginWith::Json).await?;
    attacker.is_logged_in().await?;
    let shown = attacker.forged(attacker.credential.text());
    let taken_for = attempt.somebody("attacker").taken_for(shown).await?;
    victim.is_logged_in().await?;
    Ok(match taken_for {
        Some(username) => Outcome::fell(format!("a login of another deployment is {username} here")),
        None => Outcome::Held,
    })
}
