//! An invented step for unit tests, with hostile texts and one difference of each kind.

use authlab_client::recording::{Exchange, Holding};
use serde_json::json;

use crate::journey::transcript::{StepOutcome, StepResult, StepVerdict};

pub(super) const HOSTILE: &str = "<script>alert(1)</script>\"'&";

/// A login at a cookie, a session and a token service.
pub(super) fn step() -> StepResult {
    StepResult {
        id: "login",
        title: "Log in",
        shows: "What the client is handed.",
        outcomes: vec![
            outcome(Some("login"), None, json!({"where": "client", "bytes": 0, "record": null})),
            outcome(Some("sessionid"), None, json!({"where": "memory", "bytes": 120, "record": {"user": HOSTILE}})),
            outcome(None, Some("eyJhbG…"), json!({"where": "client", "bytes": 0, "record": null})),
        ],
    }
}

fn outcome(cookie: Option<&str>, token: Option<&str>, record: serde_json::Value) -> StepOutcome {
    let mut body = json!({"username": HOSTILE});
    let mut response_headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let mut client_holds = Vec::new();
    let holding =
        |kind, name: &str, value: &str, bytes| Holding { kind, name: name.into(), value: value.into(), bytes };
    if let Some(name) = cookie {
        response_headers.push(("set-cookie".to_owned(), format!("{name}=012345…; HttpOnly")));
        client_holds.push(holding("cookie", name, "012345…", 80));
    }
    if let Some(token) = token {
        body["token"] = json!({"access_token": token});
        client_holds.push(holding("token", "access_token", token, 300));
    }
    let verdict = match token {
        Some(_) => StepVerdict::AllowedDifference(format!("it comes in the body {HOSTILE}")),
        None => StepVerdict::AsContract,
    };
    StepOutcome {
        exchanges: vec![Exchange {
            method: "POST".to_owned(),
            path: "/login".to_owned(),
            request_headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            request_body: Some("{\n  \"username\": \"alice\"\n}".to_owned()),
            bytes_sent: 210,
            status: 200,
            response_headers,
            response_body: Some(format!("{body:#}")),
            bytes_received: 640,
        }],
        client_holds,
        server_keeps: Some(record),
        verdict,
    }
}
