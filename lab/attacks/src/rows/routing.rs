//! Requests whose path, method or framing has two readings.

use std::time::Duration;

use authlab_client::{
    credential::Credential,
    request::{Hosts, Request},
};
use http::{HeaderName, Method};

use super::{Attempt, Played, fell_if};
use crate::wire;

const TIMEOUT: Duration = Duration::from_secs(2);

/// Spellings that a reverse proxy may read as a different path than the service does.
const SPELLINGS: [&str; 16] = [
    "//mine",
    "/./mine",
    "/%2e/mine",
    "/x/../mine",
    "/x/%2e%2e/mine",
    "/mine/",
    "/MINE",
    "/mine;x",
    "/mine%00",
    "/mine%20",
    "/mine.css",
    "/mine/x.css",
    "/mine%2fx.css",
    "/mine%3f.css",
    "/m%69ne%2f",
    "/items/%2e%2e%2fmine",
];

pub(super) async fn reach_it_by_another_path(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    for path in SPELLINGS {
        let answer = victim.ask(Request::get(path)).await?;
        fell_if(answer.status < 400, format!("{path} was answered with {}", answer.status))?;
    }
    victim.is_logged_in().await?;
    Ok(())
}

pub(super) async fn use_other_methods(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    victim.store("note", "stays").await?;
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        victim.ask(Request::get("/items/note").header(HeaderName::from_static(name), "DELETE")).await?;
    }
    fell_if(victim.ask(Request::get("/items/note")).await?.status != 200, "a header turned GET into DELETE")?;
    let unknown = Method::from_bytes(b"PROPFIND").unwrap_or(Method::TRACE);
    for method in [Method::TRACE, Method::PATCH, unknown] {
        let answer = victim.ask(Request::new(method.clone(), "/mine")).await?;
        let echoed = answer.text().contains(victim.credential.text());
        fell_if(answer.status < 400 || echoed, format!("{method} was answered with {}", answer.status))?;
    }
    Ok(())
}

/// Requests that a proxy and the service may count differently: one request or two.
pub(super) async fn smuggle_a_request(attempt: &mut Attempt) -> Played {
    let host = attempt.target().authority();
    let smuggled = format!("GET /livez HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let post = format!("POST /logout HTTP/1.1\r\nHost: {host}\r\n");
    let length = smuggled.len();
    let chunked = "Transfer-Encoding: chunked";
    let requests = [
        ("both lengths", format!("{post}{chunked}\r\nContent-Length: {}\r\n\r\n0\r\n\r\n", length + 5)),
        ("two lengths", format!("{post}Content-Length: 0\r\nContent-Length: {length}\r\n\r\n{smuggled}")),
        ("a length with a sign", format!("{post}Content-Length: +{length}\r\n\r\n{smuggled}")),
        ("an unknown encoding", format!("{post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{smuggled}")),
        ("a chunk with a sign", format!("{post}{chunked}\r\n\r\n-1\r\n\r\n{smuggled}")),
        ("a space before the colon", format!("{post}Content-Length : {length}\r\n\r\n{smuggled}")),
        ("a folded header", format!("{post}X-A: b\r\n Content-Length: {length}\r\n\r\n{smuggled}")),
    ];
    for (what, request) in requests {
        let reply = wire::send(attempt, "smuggler", request.as_bytes(), TIMEOUT).await?;
        // A server may answer once and close (RFC 9112 §6.1). Then it reads no following bytes as a request.
        let safe = reply.closed && reply.answers() == 1;
        let is_accepted = reply.status().is_some_and(|status| status < 400) && !safe;
        let answers = reply.answers();
        fell_if(is_accepted, format!("an ambiguous request with {what} was accepted ({answers} answers)"))?;
    }
    Ok(())
}

/// Without exactly one host, the requested site is ambiguous.
pub(super) async fn name_no_host_or_two(attempt: &mut Attempt) -> Played {
    let mut person = attempt.person("victim").await?;
    for hosts in [Hosts::None, Hosts::Two] {
        let answer = person.client.once(Request::get("/mine").hosts(hosts)).await?;
        fell_if(answer.status < 400, format!("{hosts:?} hosts: {}", answer.status))?;
    }
    let shown = match &person.credential {
        Credential::Cookie { name, value } => format!("Cookie: {name}={value}"),
        Credential::Bearer(token) => format!("Authorization: Bearer {token}"),
    };
    let absolute = format!("GET http://evil.example/mine HTTP/1.1\r\n{shown}\r\n\r\n");
    let reply = wire::send(attempt, "attacker", absolute.as_bytes(), TIMEOUT).await?;
    let is_answered = reply.status().is_some_and(|status| status < 400);
    fell_if(is_answered, "an absolute address without a Host was answered")
}
