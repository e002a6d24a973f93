//! The services with one worker and with several: the same answers, and limits that count for the whole process.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use authlab_test_support::Redis;

use super::support::{
    contract,
    service::{NAMES, Service},
};

const COUNTS: [&str; 3] = ["1", "2", "4"];

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_with_one_worker_and_with_several() {
    for (name, workers) in NAMES.iter().flat_map(|name| COUNTS.map(|workers| (name, workers))) {
        contract::holds_at(&Service::start(name, &["--workers", workers]).target).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_in_redis_with_one_worker_and_with_several() {
    let Some(redis) = Redis::start().await else { return };
    for workers in COUNTS {
        let store = ["--session-store", &redis.url(), "--workers", workers];
        contract::holds_at(&Service::start("session-svc", &store).target).await;
    }
}

#[test]
fn failed_logins_are_counted_for_the_process() {
    let service = Service::start("cookie-svc", &["--workers", "4", "--login-failures", "3"]);
    let mut connections: Vec<TcpStream> =
        (0..4).map(|_| TcpStream::connect(service.target.authority()).unwrap()).collect();
    // Four connections are with four workers.
    let statuses: Vec<String> = connections.iter_mut().map(failed_login).collect();
    assert_eq!(statuses, ["401", "401", "401", "429"]);
}

/// Tries a wrong password. Returns the status.
fn failed_login(connection: &mut TcpStream) -> String {
    let body = r#"{"username":"nobody","password":"a wrong password"}"#;
    let head = "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json";
    write!(connection, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = [0; 12];
    connection.read_exact(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[9..]).into_owned()
}

#[test]
fn a_stop_empties_all_workers() {
    let service = Service::start("session-svc", &["--workers", "4", "--drain-time", "0"]);
    let mut idle: Vec<TcpStream> = (0..8).map(|_| TcpStream::connect(service.target.authority()).unwrap()).collect();
    for connection in &mut idle {
        connection.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        connection.read_exact(&mut [0; 12]).unwrap();
    }
    let said = service.stopped();
    assert!(said.contains("has stopped") && !said.contains("did not finish"), "{said}");
}

#[test]
fn a_number_of_workers_that_no_machine_has_is_refused_with_a_sentence() {
    for number in ["0", "257", "1000000000000", "many"] {
        let output = Service::errand("token-svc", &["--workers", number]);
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("must be a number from 1 to 256"), "{said}");
    }
}
