//! Stopping: SIGTERM loses no request, and no client can delay the exit beyond the deadline.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Stdio},
    thread::sleep,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use super::support::{
    authlab::{self, Authlab},
    service::{NAMES, command},
};

/// Sends requests on one connection until the service asks to close it. Returns the number of answers, or an error if a
/// request got none.
fn ask_until_told_to_leave(authority: &str) -> Result<usize, String> {
    let mut stream = TcpStream::connect(authority).map_err(|error| error.to_string())?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    for answered in 0.. {
        let request = format!("GET /about HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        stream.write_all(request.as_bytes()).map_err(|error| format!("after {answered} answers: {error}"))?;
        let head = read_answer(&mut stream).map_err(|error| format!("after {answered} answers: {error}"))?;
        if head.contains("connection: close") {
            return Ok(answered + 1);
        }
    }
    unreachable!("the service stops before the counter overflows")
}

/// Reads a whole answer. Returns its head in lower case.
fn read_answer(stream: &mut TcpStream) -> Result<String, String> {
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).map_err(|error| error.to_string())?;
        if read == 0 {
            return Err("closed without an answer".to_owned());
        }
        received.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&received).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
        if body.len() >= length.parse::<usize>().unwrap() {
            return Ok(head.to_owned());
        }
    }
}

#[test]
fn sigterm_under_load_loses_no_request() {
    let mut authlab = Authlab::start(&[]);
    let outcomes: Vec<Result<usize, String>> = std::thread::scope(|scope| {
        let services = authlab.services.clone();
        let clients: Vec<_> = (0..198)
            .map(|n| {
                let authority = services[n % services.len()].authority();
                scope.spawn(move || ask_until_told_to_leave(&authority))
            })
            .collect();
        // The clients must send requests for some time before the stop.
        sleep(Duration::from_secs(1));
        authlab.terminate();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let lost: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert!(lost.is_empty(), "{} of {} lost a request: {lost:?}", lost.len(), outcomes.len());
    let answered: usize = outcomes.into_iter().flatten().sum();
    assert!(answered > 198 * 5, "only {answered} requests were answered: too little load");
    let status = authlab.ended_within(Duration::from_secs(15)).expect("the services stop");
    assert_eq!(status.code(), Some(0));
}

#[test]
fn half_a_request_does_not_hold_the_exit_past_its_deadline() {
    let mut authlab = Authlab::start(&["--drain-time", "0.2", "--shutdown-grace", "1"]);
    let mut streams: Vec<TcpStream> =
        authlab.services.iter().map(|target| TcpStream::connect(target.authority()).unwrap()).collect();
    for stream in &mut streams {
        stream.write_all(b"GET /about HTTP/1.1\r\nHost: lo").unwrap();
    }
    authlab.terminate();
    let status = authlab.ended_within(Duration::from_secs(8)).expect("the deadline cuts the connection");
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_second_signal_stops_at_once() {
    let mut authlab = Authlab::start(&["--drain-time", "60"]);
    authlab.terminate();
    assert!(authlab.ended_within(Duration::from_millis(500)).is_none(), "the services still drain");
    authlab.terminate();
    assert_eq!(authlab.ended_within(Duration::from_secs(5)).expect("the services stop").code(), Some(130));
}

#[test]
fn sigterm_ends_a_start_that_waits_for_its_database() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://somebody@{}/none", silent.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let services = NAMES.map(|name| command(name, folder.path()));
    for mut command in services.into_iter().chain([authlab::command(folder.path())]) {
        let command = command.args(["--database-url", &url]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut waiting = command.spawn().unwrap();
        let _connection = silent.accept().unwrap();
        kill_process(Pid::from_child(&waiting), Signal::TERM).unwrap();
        assert_eq!(ended_within(Duration::from_secs(2), &mut waiting), Some(0), "{command:?}");
    }
}

/// The exit code, if the program ends within `limit`.
fn ended_within(limit: Duration, program: &mut Child) -> Option<i32> {
    for _ in 0..limit.as_millis() / 20 {
        if let Some(status) = program.try_wait().unwrap() {
            return status.code();
        }
        // Another process can only be polled.
        sleep(Duration::from_millis(20));
    }
    program.kill().unwrap();
    program.wait().unwrap();
    None
}
