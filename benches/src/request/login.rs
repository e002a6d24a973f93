//! A credential obtained as any client obtains it, and proof that the server tells it from none.

use std::io;

use super::{
    client::{Answer, Turns, exchange, request},
    server::Server,
};

pub const ALICE: &str = "alice";
const CREDENTIALS: &str = r#"{"username":"alice","password":"correct horse battery staple"}"#;
/// For the nulls, which look at nothing: as long as cookie-svc's login of alice.
const ANY_COOKIE: &str = "Cookie: login=eyJ1IjoiYWxpY2UifQ:1uQ9aB:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG\r\n";

/// `GET /mine` as its clients send it, and what came back.
#[derive(Debug)]
pub struct Verified {
    pub requests: Turns,
    pub answer: Answer,
}

/// Logs alice in where that means something. Panics unless every answer is 200 with her name and, without the credential, 401.
pub fn verified(server: &Server) -> io::Result<Verified> {
    let name = server.contender.name;
    let credentials = if server.contender.asks() { log_in(server)? } else { vec![ANY_COOKIE.to_owned()] };
    let requests: Vec<String> = credentials.iter().map(|credential| request("GET", "/mine", credential, "")).collect();
    let answers = requests.iter().map(|request| exchange(server.address, request)).collect::<io::Result<Vec<_>>>()?;
    for answer in &answers {
        assert_eq!(answer.status(), "200", "{name}: {answer:?}");
        assert!(answer.body.starts_with(r#"{"username":"alice","mechanism":""#), "{name}: {answer:?}");
        assert_eq!(answer.bytes(), answers[0].bytes(), "{name} answers one client otherwise than another");
    }
    let without = exchange(server.address, &request("GET", "/mine", "", ""))?;
    let expected = if server.contender.asks() { "401" } else { "200" };
    assert_eq!(without.status(), expected, "{name} without a credential: {without:?}");
    let answer = answers.into_iter().next().expect("there is at least one credential");
    Ok(Verified { requests: Turns::of(requests), answer })
}

/// The header lines of her credentials, one for each of her logins.
fn log_in(server: &Server) -> io::Result<Vec<String>> {
    let registered = exchange(server.address, &request("POST", "/register", "", CREDENTIALS))?;
    assert_eq!(registered.status(), "201", "{registered:?}");
    (0..server.contender.logins()).map(|_| a_login(server)).collect()
}

fn a_login(server: &Server) -> io::Result<String> {
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
