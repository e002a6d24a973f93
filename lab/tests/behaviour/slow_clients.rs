//! Slow clients are disconnected, and other clients are served meanwhile.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use authlab_client::{Client, request::Request};

use super::support::authlab::Authlab;

/// Whether the service closes the connection within 10 seconds.
fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).is_ok()
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let authlab = Authlab::start(&["--header-timeout", "1"]);
    let service = authlab.services[0].clone();
    let mut dawdlers: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(service.authority()).unwrap()).collect();
    for stream in &mut dawdlers {
        stream.write_all(b"GET /mine HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").unwrap();
    }
    let answer = Client::new(service, "test").send(Request::get("/about")).await.unwrap();
    assert_eq!(answer.status, 200, "others are served meanwhile");
    let closed = dawdlers.iter_mut().filter_map(|stream| is_closed(stream).then_some(())).count();
    assert_eq!(closed, 100);
}

#[test]
fn the_limit_for_slow_heads_is_ten_seconds_unless_set() {
    let help = String::from_utf8(super::support::authlab::run(&["--help"]).stdout).unwrap();
    let header_timeout = help.split("--header-timeout").nth(1).unwrap();
    assert!(header_timeout.contains("[default: 10]"), "{header_timeout}");
}

#[test]
fn connections_beyond_the_limit_wait_for_their_turn() {
    let authlab = Authlab::start(&["--max-connections", "2", "--header-timeout", "60"]);
    let service = authlab.services[0].clone();
    let connect = || TcpStream::connect(service.authority()).unwrap();
    let _held = connect();
    let free = connect();
    let mut waiting = connect();
    waiting.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    // Real time must pass: only a timeout shows that there is no answer.
    waiting.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let early = waiting.read(&mut [0; 12]).unwrap_err();
    assert!(matches!(early.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{early}");
    drop(free);
    waiting.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut status = [0; 12];
    waiting.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
}
