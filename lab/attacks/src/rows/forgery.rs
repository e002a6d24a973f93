//! Forged credentials: signed with a well-known secret, or with the stolen key.

use authlab_client::{
    expect::{Failure, instant},
    visitor::{LoginWith, Visitor, registration},
};
use serde_json::{Value, json};

use super::{Attempt, Ended, Played, by_nature_if, fell_if, not_applicable, not_applicable_if};
use crate::forge::{self, Hash, Token};

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

pub(super) async fn sign_with_common_secrets(attempt: &mut Attempt) -> Played {
    let victim = attempt.person("victim").await?;
    let now = issued_at(&victim)?;
    let mut forger = attempt.somebody("forger");
    for secret in COMMON_SECRETS {
        let forgery = match attempt.about.mechanism.as_str() {
            "cookie" => forge::login_cookie(&victim.username, secret.as_bytes(), now),
            "token" => Token::parse(victim.credential.text())
                .ok_or_else(|| not_applicable(NOTHING_IS_SIGNED))?
                .signed(Hash::S256, secret.as_bytes()),
            _ => return Err(not_applicable(NOTHING_IS_SIGNED)),
        };
        let passes = forger.taken_for(victim.forged(&forgery)).await?.is_some();
        fell_if(passes, format!("the secret is `{secret}`"))?;
    }
    Ok(())
}

/// When the person logged in, in seconds since 1970.
pub(super) fn issued_at(person: &Visitor) -> Result<i64, Failure> {
    Ok(instant(&person.login.json().unwrap_or_default(), "issued_at")?.as_second())
}

/// The main difference between state in the client and state on the server.
pub(super) async fn sign_with_the_stolen_key(attempt: &mut Attempt) -> Played {
    let secret = attempt.key()?;
    let victim = attempt.person("victim").await?;
    let thief_login = attempt.person("thief").await?;
    let now = issued_at(&victim)?;
    // The forger has the key and the username, but no credential of the victim.
    let forgery = match attempt.about.mechanism.as_str() {
        "token" => {
            let (own, key) = attempt.leaked(&thief_login)?;
            let own = own.with_claim("username", json!(victim.username));
            own.with_claim("jti", json!("0123456789abcdef0123456789abcdef")).signed(Hash::S256, &key)
        }
        // A session is not signed, so the row tries a signed cookie in its place.
        _ => forge::login_cookie(&victim.username, secret.expose().as_bytes(), now),
    };
    let taken_for = attempt.somebody("thief of the key").taken_for(victim.forged(&forgery)).await?;
    by_nature_if(
        taken_for == Some(victim.username),
        "the signature is all there is to believe: whoever has the key is everybody, until it is changed",
        "keep logins on the server, and nothing can be signed; or keep the key where it can only be used (an HSM)",
        "one look-up in the store a request",
    )
}

/// Seconds ahead of now: more than the allowed clock difference.
const AHEAD: i64 = 3_600;

pub(super) async fn sign_in_the_future(attempt: &mut Attempt) -> Played {
    let secret = attempt.key()?;
    let victim = attempt.person("victim").await?;
    let later = issued_at(&victim)? + AHEAD;
    let forgeries = match attempt.about.mechanism.as_str() {
        "cookie" => vec![forge::login_cookie(&victim.username, secret.expose().as_bytes(), later)],
        "token" => {
            let (genuine, key) = attempt.leaked(&victim)?;
            let lifetime = i64::try_from(attempt.about.lifetime).unwrap_or(i64::MAX);
            let no_earlier = genuine.with_claim("nbf", json!(later));
            let [issued_later, both] = [&genuine, &no_earlier]
                .map(|token| token.with_claim("iat", json!(later)).with_claim("exp", json!(later + lifetime)));
            [no_earlier, issued_later, both].map(|token| token.signed(Hash::S256, &key)).to_vec()
        }
        _ => return Err(not_applicable("the server's own clock alone is asked")),
    };
    passes(attempt, &victim, forgeries, "a credential that is not valid yet passes").await
}

pub(super) async fn sign_absurd_times(attempt: &mut Attempt) -> Played {
    if attempt.is("cookie") {
        return absurd_stamps(attempt).await;
    }
    let victim = attempt.person("victim").await?;
    let (genuine, key) = leaked_claims(attempt, &victim)?;
    let now = issued_at(&victim)?;
    let numbers = ["-1", "0", "1e30", "9007199254740993", "18446744073709551615", "1e400"];
    let times = numbers.into_iter().chain(["null", r#""9999999999""#, "[]", "true"]);
    let mut forgeries: Vec<String> = times.map(|time| with_raw(&genuine, "exp", time, &key)).collect();
    forgeries.push(genuine.without_claim("exp").signed(Hash::S256, &key));
    forgeries.push(with_raw(&genuine, "exp", &(now + 10 * 365 * 86_400).to_string(), &key));
    forgeries.push(with_raw(&genuine, "exp", &(now - 60).to_string(), &key));
    forgeries.push(with_raw(&genuine, "nbf", r#""0""#, &key));
    passes(attempt, &victim, forgeries, "a token with an absurd time passes").await
}

/// Time stamps that are not numbers, or not in the only valid spelling.
async fn absurd_stamps(attempt: &mut Attempt) -> Played {
    let secret = attempt.key()?;
    let victim = attempt.person("victim").await?;
    let at = |at| forge::login_cookie(&victim.username, secret.expose().as_bytes(), at);
    let forgeries = [-1, 0, i64::MAX, i64::MIN + 1, 253_402_300_800].map(at);
    passes(attempt, &victim, forgeries, "a cookie with an absurd stamp passes").await
}

pub(super) async fn sign_other_claims(attempt: &mut Attempt) -> Played {
    let victim = attempt.person("victim").await?;
    let (genuine, key) = leaked_claims(attempt, &victim)?;
    let mut forgeries: Vec<String> =
        ["iss", "aud", "sub"].map(|claim| genuine.without_claim(claim).signed(Hash::S256, &key)).to_vec();
    let foreign = [
        ("iss", json!("https://evil.example")),
        ("iss", json!("AUTHLAB")),
        ("aud", json!("another-service")),
        ("aud", json!([])),
        ("sub", json!([1])),
        ("sub", Value::Null),
    ];
    forgeries.extend(foreign.map(|(claim, value)| genuine.with_claim(claim, value).signed(Hash::S256, &key)));
    passes(attempt, &victim, forgeries, "a token for or from somebody else passes").await
}

fn leaked_claims(attempt: &Attempt, victim: &Visitor) -> Result<(Token, [u8; 32]), Ended> {
    not_applicable_if(!attempt.is("token"), "its credential has no claims")?;
    attempt.leaked(victim)
}

/// Signs the token with this raw text as the value of a member. The text need not be JSON.
fn with_raw(genuine: &Token, member: &str, raw: &str, key: &[u8]) -> String {
    const HOLE: &str = "hole in the JSON";
    let claims = genuine.with_claim(member, json!(HOLE)).claims.to_string().replace(&format!("\"{HOLE}\""), raw);
    forge::sign(&forge::raw_input(&genuine.header.to_string(), &claims), Hash::S256, key)
}

/// Falls if the service accepts any of these forgeries as a login.
pub(super) async fn passes(
    attempt: &Attempt,
    victim: &Visitor,
    forgeries: impl IntoIterator<Item = String>,
    what: &str,
) -> Played {
    let mut forger = attempt.somebody("forger");
    for forgery in forgeries {
        fell_if(forger.taken_for(victim.forged(&forgery)).await?.is_some(), what)?;
    }
    Ok(())
}

/// Usernames and account numbers repeat between deployments, and anybody can register a name that is free.
pub(super) async fn use_one_of_another_deployment(attempt: &mut Attempt) -> Played {
    let elsewhere = attempt.deployment.neighbour.clone();
    let elsewhere =
        elsewhere.ok_or_else(|| not_applicable("there is no second deployment to get a credential from"))?;
    let mut victim = attempt.person("victim").await?;
    let mut attacker = attempt.somebody_at(elsewhere, "attacker");
    attacker.ask(registration(&victim.username)).await?.is(201)?;
    let mut attacker = Visitor::log_in(attacker, &victim.username, LoginWith::Json).await?;
    attacker.is_logged_in().await?;
    let shown = attacker.forged(attacker.credential.text());
    let taken_for = attempt.somebody("attacker").taken_for(shown).await?;
    victim.is_logged_in().await?;
    let username = taken_for.as_deref().unwrap_or_default();
    fell_if(taken_for.is_some(), format!("a login of another deployment is {username} here"))
}
