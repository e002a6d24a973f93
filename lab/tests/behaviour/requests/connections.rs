//! Clients that do not read, half-close a connection, or reconnect again and again while the service stops.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use authlab_client::visitor::PASSWORD;

use super::raw::{parsed, registered};
use crate::support::{
    authlab::{Authlab, run},
    service::Service,
};

#[test]
fn a_client_that_closes_its_sending_side_is_answered() {
    let service = Service::start("cookie-svc", &[]);
    registered(&service.target, "alice");
    let body = format!("username=alice&password={}", PASSWORD.replace(' ', "+"));
    let login = format!(
        "POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    for (request, status) in [("GET /about HTTP/1.1\r\nHost: a\r\n\r\n", 200), (login.as_str(), 303)] {
        let mut stream = TcpStream::connect(service.target.authority()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert_eq!(parsed(&answer).expect("the half-closed connection gets an answer").status, status);
    }
}

#[test]
fn clients_that_read_nothing_do_not_hold_their_connections() {
    let service = Service::start("cookie-svc", &["--max-connections", "2", "--write-timeout", "1"]);
    let many = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1_000);
    let holders: Vec<TcpStream> = (0..2)
        .map(|_| {
            let mut stream = TcpStream::connect(service.target.authority()).unwrap();
            stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
            // The service may close the connection before everything is sent.
            let _ = stream.write_all(many.as_bytes());
            stream
        })
        .collect();
    let answer = super::raw::exchange(&service.target, b"GET /about HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_eq!(answer.expect("the next client gets an answer").status, 200);
    drop(holders);
}

/// Opens a connection per request until the service no longer listens. Returns an error if a request gets no answer.
fn connect_again_and_again(authority: &str, answered: &AtomicUsize) -> Result<(), String> {
    loop {
        let Ok(mut stream) = TcpStream::connect(authority) else { return Ok(()) };
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut answer = Vec::new();
        let request = format!("GET /about HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        let asked = stream.write_all(request.as_bytes()).and_then(|()| {
            let mut buffer = [0; 4_096];
            while !answer.ends_with(b"}}") {
                match stream.read(&mut buffer)? {
                    0 => break,
                    read => answer.extend_from_slice(&buffer[..read]),
                }
            }
            Ok(())
        });
        asked.map_err(|error| error.to_string())?;
        parsed(&answer).filter(|answer| answer.status == 200).ok_or("closed without an answer")?;
        answered.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_stop_loses_no_request_of_clients_that_connect_again_and_again() {
    let mut authlab = Authlab::start(&["--drain-time", "0.3"]);
    let answered = AtomicUsize::new(0);
    let lost: Vec<String> = std::thread::scope(|scope| {
        let services = authlab.services.clone();
        let answered = &answered;
        let clients: Vec<_> = (0..48)
            .map(|n| {
                let authority = services[n % services.len()].authority();
                scope.spawn(move || connect_again_and_again(&authority, answered))
            })
            .collect();
        // The clients must send requests for some time before the stop.
        std::thread::sleep(Duration::from_millis(500));
        authlab.terminate();
        clients.into_iter().filter_map(|client| client.join().unwrap().err()).collect()
    });
    assert!(answered.load(Ordering::Relaxed) > 500, "only {answered:?} answers: too little load");
    assert!(lost.is_empty(), "{} of 48 lost a request: {lost:?}", lost.len());
    assert!(authlab.ended_within(Duration::from_secs(15)).is_some());
}

#[test]
fn limits_of_nothing_and_absurd_ones_are_refused_with_a_sentence() {
    for (flag, value) in [
        ("--max-connections", "0"),
        ("--max-connections", "1000000000000"),
        ("--password-hash-queue", "0"),
        ("--password-hash-concurrency", "1000000000000"),
        ("--password-min-length", "1000000000000"),
        ("--header-timeout", "0"),
        ("--write-timeout", "0"),
        ("--registrations", "0"),
    ] {
        let output = run(&[flag, value]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(value) && said.contains(flag), "{flag} {value}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}
