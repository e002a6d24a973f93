//! A genuine credential, changed.

use authlab_client::{
    expect::Failure,
    request::Request,
    visitor::{Visitor, refresh},
};
use serde_json::json;

use super::{
    Attempt, Played, fell_if,
    forgery::{issued_at, passes},
    not_applicable, not_applicable_if,
};
use crate::forge::{self, Hash};

/// Characters that browsers and headers pass on unchanged.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) async fn change_each_character(attempt: &mut Attempt) -> Played {
    for mut victim in [attempt.person("victim").await?, attempt.in_a_browser("victim").await?] {
        let whole = victim.credential.text().to_owned();
        let mut forger = attempt.somebody("forger");
        for at in 0..whole.len() {
            for forgery in changed_at(&whole, at) {
                let passes = forger.taken_for(victim.forged(&forgery)).await?.is_some();
                fell_if(passes, format!("it is accepted with character {} changed", at + 1))?;
            }
        }
        victim.is_logged_in().await?;
    }
    Ok(())
}

/// Flips one bit if the result is in the alphabet, and takes the next letter too: the last base64 character has unused
/// bits.
fn changed_at(whole: &str, at: usize) -> Vec<String> {
    let own = whole.as_bytes()[at];
    let flipped = Some(own ^ 1).filter(|byte| ALPHABET.contains(byte));
    let next = ALPHABET.iter().position(|byte| *byte == own).map(|found| ALPHABET[(found + 1) % ALPHABET.len()]);
    let mut others: Vec<u8> =
        flipped.into_iter().chain(next).chain((flipped.is_none() && next.is_none()).then_some(b'A')).collect();
    others.dedup();
    others.iter().map(|other| format!("{}{}{}", &whole[..at], char::from(*other), &whole[at + 1..])).collect()
}

pub(super) async fn cut_or_extend_it(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let whole = victim.credential.text().to_owned();
    let mut forgeries: Vec<String> =
        (1..=whole.len().min(44)).map(|cut| whole[..whole.len() - cut].to_owned()).collect();
    forgeries.extend(whole.rfind(['.', ':']).map(|last| whole[..=last].to_owned()));
    let added = ["=", "==", ".", ".x", ":x", "%00", "x", "AA", "~", ".."];
    forgeries.extend(added.map(|end| format!("{whole}{end}")));
    forgeries.extend([format!("{whole}.{whole}"), format!("x{whole}"), format!("{whole}{}", "A".repeat(3_000))]);
    let mut forger = attempt.somebody("forger");
    for forgery in forgeries {
        let passes = forger.taken_for(victim.forged(&forgery)).await?.is_some();
        fell_if(passes, format!("it is accepted with {} characters instead of {}", forgery.len(), whole.len()))?;
    }
    victim.is_logged_in().await?;
    Ok(())
}

pub(super) async fn join_two_of_them(attempt: &mut Attempt) -> Played {
    let (victim, attacker) = (attempt.person("victim").await?, attempt.person("attacker").await?);
    let (of_victim, of_attacker) = (victim.credential.text(), attacker.credential.text());
    let separator = if of_victim.contains('.') { '.' } else { ':' };
    let (parts, others): (Vec<&str>, Vec<&str>) =
        (of_victim.split(separator).collect(), of_attacker.split(separator).collect());
    not_applicable_if(parts.len() != 3 || others.len() != 3, "it has no parts: it means nothing by itself")?;
    let mut forger = attempt.somebody("forger");
    // Every combination of parts, except the two genuine credentials.
    for mixture in 1..7_u8 {
        let part = |at: usize| if mixture >> at & 1 == 1 { parts[at] } else { others[at] };
        let joined = [part(0), part(1), part(2)].join(&separator.to_string());
        if joined == of_victim || joined == of_attacker {
            continue;
        }
        let taken_for = forger.taken_for(victim.forged(&joined)).await?;
        let username = taken_for.as_deref().unwrap_or_default();
        fell_if(taken_for.is_some(), format!("content and signature of two credentials pass for {username}"))?;
    }
    Ok(())
}

pub(super) async fn use_it_for_another_purpose(attempt: &mut Attempt) -> Played {
    match attempt.about.mechanism.as_str() {
        "cookie" => cookies_for_another_purpose(attempt).await,
        "token" => tokens_for_another_purpose(attempt).await,
        _ => Err(not_applicable("there is one kind of id, and it means nothing by itself")),
    }
}

/// The owner chooses the content of a signed item. The service must not accept it as a login or as another item.
async fn cookies_for_another_purpose(attempt: &mut Attempt) -> Played {
    let mut attacker = attempt.person("attacker").await?;
    let payload = attacker.credential.text().split(':').next().unwrap_or_default().to_owned();
    let sealed = seal(&mut attacker, "copy", &payload, "").await?;
    let salted = seal(&mut attacker, "copy", &payload, "login").await?;
    passes(attempt, &attacker, [sealed, salted], "a signed item passes for a login").await?;
    let mut forger = attempt.somebody("forger");
    let moved = seal(&mut attacker, "ab", "text", "c").await?;
    for (name, salt) in [("a", "bc"), ("ab", ""), ("abc", ""), ("other", "c")] {
        let request = Request::get(format!("/items/{name}?salt={salt}")).cookie(name, &moved);
        fell_if(forger.once(request).await?.status == 200, "an item passes under another name or salt")?;
    }
    let login = Request::get("/items/note").cookie("note", attacker.credential.text());
    fell_if(forger.once(login).await?.status == 200, "a login passes for an item")
}

/// Stores a signed item with this text and returns the cookie's value.
async fn seal(owner: &mut Visitor, key: &str, text: &str, salt: &str) -> Result<String, Failure> {
    let body = json!({"value": text, "seal": "signed", "salt": salt});
    let answer = owner.ask(Request::put(format!("/items/{key}")).json(&body)).await?;
    answer.is(204)?;
    let cookie =
        answer.set_cookie(key).ok_or_else(|| Failure::new(format!("the cookie `{key}`"), answer.in_short()))?;
    Ok(cookie.value().to_owned())
}

async fn tokens_for_another_purpose(attempt: &mut Attempt) -> Played {
    let victim = attempt.person("victim").await?;
    let mut forger = attempt.somebody("forger");
    if let Some(token) = victim.client.tokens().refresh() {
        passes(attempt, &victim, [token.to_owned()], "a refresh token passes for an access token").await?;
        let answer = forger.once(refresh(victim.credential.text())).await?;
        fell_if(answer.status == 200, "an access token passes for a refresh token")?;
    }
    // Tokens that the same key signed for another purpose, such as an ID token.
    let Ok((genuine, key)) = attempt.leaked(&victim) else { return Ok(()) };
    for typ in ["JWT", "id+jwt", "logout+jwt", "refresh+jwt"] {
        let other = genuine.with_header("typ", json!(typ)).signed(Hash::S256, &key);
        let what = format!("a token of type {typ} passes for an access token");
        passes(attempt, &victim, [other], &what).await?;
    }
    Ok(())
}

pub(super) async fn name_a_member_twice(attempt: &mut Attempt) -> Played {
    let (victim, attacker) = (attempt.person("victim").await?, attempt.person("attacker").await?);
    let (of_victim, of_attacker) = (&victim.username, &attacker.username);
    let secret = attempt.key()?;
    let forgeries = match attempt.about.mechanism.as_str() {
        "cookie" => {
            let payload = format!(r#"{{"u":"{of_attacker}","u":"{of_victim}"}}"#);
            vec![forge::raw_login_cookie(&payload, secret.expose().as_bytes(), issued_at(&victim)?)]
        }
        "token" => {
            let (genuine, key) = attempt.leaked(&attacker)?;
            let (header, claims) = (genuine.header.to_string(), genuine.claims.to_string());
            let twice = |object: &str, member: &str| format!("{{{member},{}", &object[1..]);
            let sub = format!(r#""sub":"0","username":"{of_victim}""#);
            [
                forge::raw_input(&header, &twice(&claims, &sub)),
                forge::raw_input(&header, &twice(&claims, r#""exp":9999999999"#)),
                forge::raw_input(&twice(&header, r#""alg":"none""#), &claims),
            ]
            .map(|input| forge::sign(&input, Hash::S256, &key))
            .to_vec()
        }
        _ => return Err(not_applicable("nothing is signed: the id means nothing by itself")),
    };
    let mut forger = attempt.somebody("forger");
    for forgery in forgeries {
        let taken_for = forger.taken_for(victim.forged(&forgery)).await?;
        let username = taken_for.as_deref().unwrap_or_default();
        fell_if(taken_for.is_some(), format!("a payload with a member twice was accepted as {username}"))?;
    }
    Ok(())
}
