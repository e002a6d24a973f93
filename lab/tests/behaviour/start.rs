//! Starting: all services and the page answer, or one line on stderr says why not.

use std::{net::TcpListener, os::unix::fs::PermissionsExt as _, path::Path};

use authlab_client::{Client, request::Request};

use super::support::authlab::{Authlab, command, run};

#[tokio::test]
async fn everything_starts_with_no_other_step() {
    let authlab = Authlab::start(&[]);
    for target in authlab.services.iter().chain([&authlab.page]) {
        let answer = Client::new(target.clone(), "test").send(Request::get("/").from_a_browser()).await.unwrap();
        assert_eq!(answer.status, 200, "{target}");
    }
    let key = authlab.folder.path().join("data/secret_key");
    assert_eq!(std::fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Runs a start that must fail. Returns its only line on stderr.
fn sentence(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed to stdout");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    said
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let said = sentence(&["--token-port", &address.port().to_string()]);
    assert!(said.contains(&address.to_string()) && said.contains("is taken"), "{said}");
}

#[test]
fn an_unusable_data_folder_is_named() {
    let output = command(Path::new("/dev/null/data")).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("/dev/null/data") && said.contains("DATA_DIR"), "{said}");
}

#[test]
fn a_weak_key_is_refused_and_not_repeated() {
    let said = sentence(&["--secret-key", "hunter2hunter2"]);
    assert!(said.contains("SECRET_KEY is too weak"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[tokio::test]
async fn a_key_for_tokens_is_made_for_its_owner_alone() {
    let authlab = Authlab::start(&["--jwt-alg", "EdDSA"]);
    let key = authlab.folder.path().join("data/jwt_eddsa.pem");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(std::fs::read_to_string(key).unwrap().starts_with("-----BEGIN PRIVATE KEY-----\n"));
}

#[test]
fn a_key_for_tokens_that_cannot_be_used_is_named_by_its_setting() {
    let said = sentence(&["--jwt-key-file", "/dev/null/jwt.pem"]);
    assert!(said.contains("JWT_KEY_FILE") && said.contains("JWT_ALG"), "{said}");
    let said = sentence(&["--jwt-alg", "EdDSA", "--jwt-key-file", "/dev/null/jwt.pem"]);
    assert!(said.contains("JWT_KEY_FILE") && said.contains("/dev/null/jwt.pem"), "{said}");
    let said = sentence(&["--jwt-key-fallbacks", "/dev/null/old.pem"]);
    assert!(said.contains("JWT_KEY_FALLBACKS") && said.contains("/dev/null/old.pem"), "{said}");
}

#[test]
fn an_unreachable_database_is_named_without_its_password() {
    let said = sentence(&["--database-url", "postgres://someone:hunter2@127.0.0.1:1/none"]);
    assert!(said.contains("DATABASE_URL"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_bad_setting_ends_with_exit_code_1() {
    for arguments in [
        ["--lab-port", "many"],
        ["--password-min-length", "3"],
        ["--log", "=,="],
        ["--csrf-trusted-origins", "elsewhere"],
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_explains_every_setting() {
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for setting in [
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "SECRET_KEY_FILE",
        "DATABASE_URL",
        "DATABASE_CA",
        "DATABASE_PREPARED_STATEMENTS",
        "DATA_DIR",
        "LOGIN_MAX_AGE",
        "SESSION_STORE",
        "SESSION_COOKIE_AGE",
        "SESSION_ABSOLUTE_AGE",
        "SESSION_COOKIE_NAME",
        "ACCESS_TOKEN_LIFETIME",
        "TOKEN_STORE",
        "TOKEN_PREFIX",
        "REDIS_CA",
        "SENTINEL_PASSWORD",
        "CSRF_TRUSTED_ORIGINS",
        "PASSWORD_MIN_LENGTH",
        "LOG_FORMAT",
    ] {
        assert!(help.contains(&format!("[env: {setting}")), "{setting} is not in --help");
    }
}
