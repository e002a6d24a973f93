//! schemathesis generates valid and invalid requests from the OpenAPI documents and checks the answers against them.
//!
//! `schemathesis.toml` contains the settings that differ from the defaults, with reasons.

use std::{path::Path, process::Command};

use authlab_test_support::missing;

use super::super::support::{python::program, service::Service};

/// Seconds for one service. schemathesis runs the cases of the document first and fills the rest with generated ones.
const AT_MOST: &str = "75";

fn holds(name: &str, arguments: &[&str]) {
    let Some(schemathesis) = program("schemathesis") else { return missing("schemathesis") };
    let service = Service::start(name, &[&["--login-failures", "100"], arguments].concat());
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviour/openapi");
    let output = Command::new(schemathesis)
        .current_dir(service.folder.path())
        .env("SCHEMATHESIS_HOOKS", here.join("hooks.py"))
        .env("SERVICE", service.target.url())
        .arg("--config-file")
        .arg(here.join("schemathesis.toml"))
        .args(["run", "--no-color", "--max-examples", "25", "--max-time", AT_MOST])
        .arg(format!("{}/openapi.json", service.target.url()))
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!service.said().contains("panicked"), "{}", service.said());
}

#[test]
fn schemathesis_finds_nothing_in_cookie_svc() {
    holds("cookie-svc", &[]);
}

#[test]
fn schemathesis_finds_nothing_in_session_svc() {
    holds("session-svc", &[]);
}

#[test]
fn schemathesis_finds_nothing_in_token_svc() {
    holds("token-svc", &["--token-query", "on"]);
}
