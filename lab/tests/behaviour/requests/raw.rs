//! Requests and answers as bytes: an HTTP library would not send what these tests send.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use authlab_client::{
    target::Target,
    visitor::{PASSWORD, account},
};
use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) status: u16,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Raw {
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The value of the cookie that it sets.
    pub(super) fn cookie(&self, name: &str) -> String {
        let value = |line: &&str| line.strip_prefix(name)?.strip_prefix('=')?.split(';').next().map(str::to_owned);
        let set = self.all("set-cookie").iter().filter_map(value).find(|value| value != "\"\"");
        set.unwrap_or_else(|| panic!("it sets no `{name}`: {self:?}"))
    }
}

/// Sends these bytes and reads to the end of the connection; `None` if it is closed without an answer.
pub(super) fn exchange(target: &Target, bytes: &[u8]) -> Option<Raw> {
    let mut stream = TcpStream::connect(target.authority()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    parsed(&answer)
}

pub(super) fn parsed(answer: &[u8]) -> Option<Raw> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Some(Raw { status, headers: lines.filter_map(header).collect(), body: body.to_owned() })
}

/// With these header lines besides `Host`, `Connection` and those of a JSON body.
pub(super) fn ask(target: &Target, request: &str, lines: &[&[u8]], body: Option<&Value>) -> Raw {
    ask_host(target, &target.authority(), request, lines, body)
}

pub(super) fn ask_host(target: &Target, host: &str, request: &str, lines: &[&[u8]], body: Option<&Value>) -> Raw {
    let mut bytes = format!("{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n").into_bytes();
    for line in lines {
        bytes.extend_from_slice(line);
        bytes.extend_from_slice(b"\r\n");
    }
    let body = body.map(Value::to_string).unwrap_or_default();
    if !body.is_empty() {
        bytes.extend_from_slice(b"Content-Type: application/json\r\n");
    }
    bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    exchange(target, &bytes).expect("it answers")
}

pub(super) fn cookie_line(pairs: &[(&str, &str)]) -> Vec<u8> {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("Cookie: {}", pairs.join("; ")).into_bytes()
}

pub(super) fn registered(target: &Target, username: &str) -> Value {
    let credentials = account(username, PASSWORD);
    assert_eq!(ask(target, "POST /register", &[], Some(&credentials)).status, 201);
    credentials
}

/// The login of a browser: the answer sets its cookies.
pub(super) fn log_in_by_form(target: &Target, username: &str) -> Raw {
    registered(target, username);
    let form = format!("username={username}&password={}", PASSWORD.replace(' ', "+"));
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        target.authority(),
        form.len()
    );
    let answer = exchange(target, head.as_bytes()).unwrap();
    assert_eq!(answer.status, 303, "{answer:?}");
    answer
}

/// The cookie that carries the login at each service.
pub(super) fn credential_of(name: &str) -> &'static str {
    match name {
        "cookie-svc" => "login",
        "session-svc" => "sessionid",
        _ => "token",
    }
}
