//! Forged credentials: signed with a well-known secret, or with the stolen key.

use serde_json::{Value, json};

use crate::{
    attack::{
        forge::{self, Hash},
        row::{Ended, Nature, Outcome},
        rows::tampering::{NEEDS_THE_KEY, leaked},
        stage::{PASSWORD, Person, Stage, login_of},
    },
    client::{
        expect::{Failure, instant},
        request::Request,
    },
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

pub(super) async fn sign_with_common_secrets(stage: &mut Stage) -> Ended {
    let victim = stage.person("victim").await?;
    let now = issued_at(&victim)?;
    let mut forger = stage.somebody("forger");
    for secret in COMMON_SECRETS {
        let forgery = match stage.about.mechanism.as_str() {
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

fn issued_at(person: &Person) -> Result<i64, Failure> {
    Ok(instant(&person.login.json().unwrap_or_default(), "issued_at")?.as_second())
}

/// The main difference between state in the client and state on the server.
pub(super) async fn sign_with_the_stolen_key(stage: &mut Stage) -> Ended {
    let Some(secret) = stage.mark.key.clone() else { return Ok(Outcome::not_applicable(NEEDS_THE_KEY)) };
    let victim = stage.person("victim").await?;
    let thief_login = stage.person("thief").await?;
    let now = issued_at(&victim)?;
    // The forger has the key and the username, but no credential of the victim.
    let forgery = match stage.about.mechanism.as_str() {
        "token" => {
            let Some((mut own, key)) = leaked(stage, &thief_login) else {
                return Ok(Outcome::not_applicable(NEEDS_THE_KEY));
            };
            own.claims["username"] = json!(victim.username);
            own.claims["jti"] = json!("0123456789abcdef0123456789abcdef");
            own.signed(Hash::S256, &key)
        }
        // A session is not signed, so the row tries a signed cookie in its place.
        _ => forge::login_cookie(&victim.username, secret.expose().as_bytes(), now),
    };
    let taken_for = stage.somebody("thief of the key").taken_for(victim.forged(&forgery)).await?;
    if taken_for != Some(victim.username) {
        return Ok(Outcome::Held);
    }
    Ok(Outcome::ByNature(Nature {
        because: "the signature is all there is to believe: whoever has the key is everybody, until it is changed",
        remedy: "keep logins on the server, and nothing can be signed; or keep the key where it can only be used (an HSM)",
        price: "one look-up in the store a request",
    }))
}

/// Seconds ahead of now: more than the allowed clock difference.
const AHEAD: i64 = 3_600;

pub(super) async fn sign_in_the_future(stage: &mut Stage) -> Ended {
    let Some(secret) = stage.mark.key.clone() else { return Ok(Outcome::not_applicable(NEEDS_THE_KEY)) };
    let victim = stage.person("victim").await?;
    let later = issued_at(&victim)? + AHEAD;
    let forgeries = match stage.about.mechanism.as_str() {
        "cookie" => vec![forge::login_cookie(&victim.username, secret.expose().as_bytes(), later)],
        "token" => {
            let Some((genuine, key)) = leaked(stage, &victim) else {
                return Ok(Outcome::not_applicable(NEEDS_THE_KEY));
            };
            let lifetime = i64::try_from(stage.about.lifetime).unwrap_or(i64::MAX);
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
    passes(stage, &victim, forgeries, "a credential that is not valid yet passes").await
}

pub(super) async fn sign_absurd_times(stage: &mut Stage) -> Ended {
    if stage.is("cookie") {
        return absurd_stamps(stage).await;
    }
    let victim = stage.person("victim").await?;
    let Some((genuine, key)) = leaked(stage, &victim) else { return Ok(unsigned(stage)) };
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
    passes(stage, &victim, forgeries, "a token with an absurd time passes").await
}

/// Time stamps that are not numbers, or not in the only valid spelling.
async fn absurd_stamps(stage: &mut Stage) -> Ended {
    let Some(secret) = stage.mark.key.clone() else { return Ok(Outcome::not_applicable(NEEDS_THE_KEY)) };
    let victim = stage.person("victim").await?;
    let key = secret.expose().as_bytes();
    let forgeries = [-1, 0, i64::MAX, i64::MIN + 1, 253_402_300_800]
        .map(|at| forge::login_cookie(&victim.username, key, at))
        .to_vec();
    passes(stage, &victim, forgeries, "a cookie with an absurd stamp passes").await
}

pub(super) async fn sign_other_claims(stage: &mut Stage) -> Ended {
    let victim = stage.person("victim").await?;
    let Some((genuine, key)) = leaked(stage, &victim) else { return Ok(unsigned(stage)) };
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
    passes(stage, &victim, forgeries, "a token with another issuer, audience or subject passes").await
}

fn unsigned(stage: &Stage) -> Outcome {
    Outcome::not_applicable(if stage.is("token") { NEEDS_THE_KEY } else { NO_CLAIMS })
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
async fn passes(stage: &Stage, victim: &Person, forgeries: Vec<String>, what: &str) -> Ended {
    let mut forger = stage.somebody("forger");
    for forgery in forgeries {
        if forger.taken_for(victim.forged(&forgery)).await?.is_some() {
            return Ok(Outcome::fell(what));
        }
    }
    Ok(Outcome::Held)
}

/// Usernames and account numbers repeat between deployments, and anybody can register a name that is free.
pub(super) async fn use_one_of_another_deployment(stage: &mut Stage) -> Ended {
    let Some(elsewhere) = stage.mark.neighbour.clone() else {
        return Ok(Outcome::not_applicable("there is no second deployment to get a credential from"));
    };
    let mut victim = stage.person("victim").await?;
    let mut attacker = stage.somebody_at(elsewhere, "attacker");
    attacker.ask(Request::post("/register").json(&login_of(&victim.username, PASSWORD))).await?.is(201)?;
    let mut attacker = attacker.log_in(victim.username.clone()).await?;
    attacker.is_still_logged_in().await?;
    let shown = attacker.forged(attacker.credential.text());
    let taken_for = stage.somebody("attacker").taken_for(shown).await?;
    victim.is_still_logged_in().await?;
    Ok(match taken_for {
        Some(username) => Outcome::fell(format!("a login of another deployment is {username} here")),
        None => Outcome::Held,
    })
}
