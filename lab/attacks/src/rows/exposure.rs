//! Places where a credential, or its content, is visible to somebody who must not see it.

use std::time::Duration;

use authlab_client::{
    about::Carrier,
    credential::Credential,
    expect::ensure,
    request::{Request, encoded},
    set_cookie::SetCookie,
    visitor::{PASSWORD, account},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Attempt, Played, by_nature, by_nature_if, fell_if};
use crate::wire;

/// Base64 is not encryption: this row decodes the credential without the key.
pub(super) async fn read_it_without_the_key(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    victim.store("note", "something private").await?;
    let held: Vec<&str> = victim.client.jar().values().chain(victim.client.tokens().access()).collect();
    let parts = held.iter().flat_map(|text| text.split(['.', ':']));
    let decoded = parts.filter_map(|part| String::from_utf8(URL_SAFE_NO_PAD.decode(part).ok()?).ok());
    let readable = decoded.collect::<String>() + &held.concat();
    by_nature_if(
        readable.contains(&victim.username) || readable.contains("something private"),
        "a signature says who wrote it and hides nothing: name and items can be read by whoever holds it",
        "keep only what may be read in it; items as `private` cookies, which are encrypted",
        "no look-up: one encryption in place of a signature",
    )
}

/// A script injected into the page can send away everything that scripts can read.
pub(super) async fn take_it_by_script(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    for cookie in victim.login.set_cookies().filter(|cookie| !cookie.deletes()) {
        let is_bare = cookie.http_only() != Some(true);
        fell_if(is_bare, format!("the cookie `{}` can be read by scripts", cookie.name()))?;
    }
    let page = victim.ask(Request::get("/mine").from_a_browser()).await?;
    fell_if(page.text().contains(victim.credential.text()), "the page contains the credential")?;
    let by_json = attempt.person("victim").await?;
    by_nature_if(
        matches!(by_json.credential, Credential::Bearer(_)),
        "whoever logs in with JSON is handed the token itself, and a script that keeps it can lose it",
        "in a browser, log in by form: the token then is an HttpOnly cookie",
        "no look-up; cookies then need the defence against other sites, which is on",
    )
}

/// For any host except localhost, cookies must be Secure, and other sites' requests must not carry them.
pub(super) async fn catch_it_without_tls(attempt: &mut Attempt) -> Played {
    let username = attempt.account("victim").await?;
    let body = format!("username={}&password={}", encoded(&username), encoded(PASSWORD));
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let reply = wire::send(attempt, "victim", request.as_bytes(), Duration::from_secs(10)).await?;
    let lines = reply.text.lines().filter_map(|line| line.split_once(": "));
    let set: Vec<SetCookie> = lines
        .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        .filter_map(|(_, value)| SetCookie::parse(value))
        .filter(|cookie| !cookie.deletes())
        .collect();
    let status_line = || reply.text.lines().next().unwrap_or_default().to_owned();
    ensure(!set.is_empty(), "a cookie for a form", status_line)?;
    for cookie in set {
        let same_site = cookie.same_site().is_some_and(|value| !value.is_none());
        let is_open = cookie.secure() != Some(true) || !same_site || cookie.domain().is_some();
        fell_if(is_open, format!("the cookie `{}` is not Secure, SameSite and of this host alone", cookie.name()))?;
    }
    Ok(())
}

pub(super) async fn take_it_from_an_address(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let text = victim.credential.text().to_owned();
    let mut reader = attempt.somebody("reader of a log");
    for name in ["token", "access_token", "login", "sessionid"] {
        let answer = reader.once(Request::get(format!("/mine?{name}={}", encoded(&text)))).await?;
        if answer.status != 200 {
            continue;
        }
        let unannounced = !attempt.about.carriers.contains(&Carrier::Query);
        fell_if(unannounced, format!("`?{name}=` is taken, though /about does not say so"))?;
        let hidden = answer.header("referrer-policy") == Some("no-referrer") && answer.forbids_storing();
        fell_if(!hidden, "the address may be sent to other sites, or stored by a cache")?;
        victim.is_logged_in().await?;
        return Err(by_nature(
            "TOKEN_QUERY is on, and addresses are kept by every proxy and in the browser's history",
            "TOKEN_QUERY=off, which is the default",
            "no look-up; clients that cannot set a header (EventSource, downloads) use the cookie",
        ));
    }
    Ok(())
}

/// Paths whose answers describe the login or the service.
const TELLING: [&str; 8] = ["/mine", "/mine/record", "/logins", "/items", "/about", "/metrics", "/", "/openapi.json"];

pub(super) async fn find_it_in_an_answer(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let mut texts = Vec::new();
    for path in TELLING {
        let answer = victim.ask(Request::get(path)).await?;
        let shows_it = answer.text().contains(victim.credential.text());
        fell_if(shows_it, format!("the answer of {path} contains the credential"))?;
        if matches!(path, "/mine/record" | "/logins") {
            collect_texts(&answer.json().unwrap_or_default(), &mut texts);
        }
    }
    // A stolen store contains what the record shows, and no part of it may work as a credential.
    let mut thief = attempt.somebody("thief of the store");
    let fits_a_cookie = |byte: u8| byte.is_ascii_graphic() && !b"\";,\\".contains(&byte);
    for found in texts.iter().filter(|found| found.len() >= 8 && found.bytes().all(fits_a_cookie)) {
        let works = thief.taken_for(victim.forged(found)).await?.is_some();
        fell_if(works, "a value of the server's record works as a credential")?;
    }
    Ok(())
}

fn collect_texts(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect_texts(value, texts)),
        Value::Object(members) => members.values().for_each(|value| collect_texts(value, texts)),
        _ => {}
    }
}

pub(super) async fn take_it_from_a_cache(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    victim.store("note", "cached?").await?;
    for path in ["/mine", "/mine/record", "/items", "/items/note", "/logins", "/", "/nowhere"] {
        for request in [Request::get(path), Request::get(path).from_a_browser()] {
            let answer = victim.ask(request).await?;
            fell_if(!answer.forbids_storing(), format!("a cache may store the answer of {path}"))?;
        }
    }
    fell_if(!victim.login.forbids_storing(), "caches may store a login's answer")
}

/// An error must not reveal versions, files, SQL statements or library names.
const TELLTALES: [&str; 12] = [
    "panicked",
    ".rs:",
    "src/",
    "SELECT ",
    "sqlx",
    "sqlite",
    "postgres",
    "serde",
    "hyper",
    "axum",
    "stack backtrace",
    "authlab/",
];

pub(super) async fn learn_from_errors(attempt: &mut Attempt) -> Played {
    let mut person = attempt.person("attacker").await?;
    let requests = [
        Request::get("/nowhere"),
        Request::delete("/mine"),
        Request::post("/login").body("application/json", "{"),
        Request::post("/login").body("application/json", r#"{"username":1}"#),
        Request::post("/login").body("text/xml", "<a/>"),
        Request::put("/items/not%20a%20key").json(&json!({"value": 1})),
        Request::get("/items/%ff"),
        Request::get("/mine").without_credential(),
        Request::post("/register").json(&account(&"a".repeat(1_000), PASSWORD)),
    ];
    for request in requests {
        let answer = person.ask(request).await?;
        answer.ensure(answer.status >= 400, "an error")?;
        for told in TELLTALES {
            fell_if(answer.text().contains(told), format!("an error reveals `{told}`"))?;
        }
        let server = answer.header("server").unwrap_or_default();
        let is_named = !server.is_empty() || answer.header("x-powered-by").is_some();
        fell_if(is_named, format!("the Server header reveals `{server}`"))?;
    }
    Ok(())
}
