//! A credential obtained as any client obtains it, and proof that the server tells it from none.

use std::io;

use super::{
    client::{Answer, exchange, request},
    server::Server,
};

pub const ALICE: &str = "alice";
const CREDENTIALS: &str = r#"{"username":"alice","password":"correct horse battery staple"}"#;
/// For the nulls, which look at nothing: as long as cookie-svc's login of alice.
const ANY_COOKIE: &str = "Cookie: login=eyJ1IjoiYWxpY2UifQ:1uQ9aB:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG\r\n";

/// `GET /mine` as its client sends it, and what came back.
#[derive(Debug)]
pub struct Verified {
    pub request: String,
    pub answer: Answer,
}

/// Logs alice in where that means something. Panics unless the answer is 200 with her name and, without the credential, 401.
pub fn verified(server: &Server) -> io::Result<Verified> {
    let name = server.contender.name;
    let credential = if server.contender.asks() { log_in(server)? } else { ANY_COOKIE.to_owned() };
    let request_with = request("GET", "/mine", &credential, "");
    let answer = exchange(server.address, &request_with)?;
    assert_eq!(answer.status(), "200", "{name}: {answer:?}");
    assert!(answer.body.starts_with(r#"{"username":"alice","mechanism":""#), "{name}: {answer:?}");
    let without = exchange(server.address, &request("GET", "/mine", "", ""))?;
    let expected = if server.contender.asks() { "401" } else { "200" };
    assert_eq!(without.status(), expected, "{name} without a credential: {without:?}");
    Ok(Verified { request: request_with, answer })
}

/// The header line of her credential.
fn log_in(server: &Server) -> io::Result<String> {
    let registered = exchange(server.address, &request("POST", "/register", "", CREDENTIALS))?;
    assert_eq!(registered.status(), "201", "{registered:?}");
    let login = exchange(server.address, &request("POST", "/login", "", CREDENTIALS))?;
    assert_eq!(login.status(), "200", "{login:?}");
    if let Some(cookie) = login.header("set-cookie") {
        return Ok(format!("Cookie: {}\r\n", cookie.split(';').next().unwrap_or_default()));
    }
    let token = login.body.split(r#""access_token":""#).nth(1).and_then(|rest| rest.split('"').next());
    Ok(format!("Authorization: Bearer {}\r\n", token.expect("a login hands out a cookie or a token")))
}

/// Panics unless everybody answers with the same headers, and the nulls with as many bytes as cookie-svc.
pub fn assert_equal_work(all: &[(Server, Verified)]) {
    let model = all.iter().find(|(server, _)| server.contender.name == "cookie, off");
    let (_, Verified { answer: model, .. }) = model.expect("cookie-svc contends");
    for (server, Verified { answer, .. }) in all {
        let name = server.contender.name;
        assert_eq!(answer.header_names(), model.header_names(), "{name} answers with other headers");
        assert!(
            server.contender.asks() || answer.bytes() == model.bytes(),
            "{name} answers otherwise than cookie-svc: {answer:?} {model:?}"
        );
    }
}
