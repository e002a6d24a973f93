//! A client that costs the server nothing but the request: written whole, on connections that are kept.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// A server that does not answer by then never will.
const PATIENCE: Duration = Duration::from_secs(10);

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn status(&self) -> &str {
        self.head.get(9..12).unwrap_or_default()
    }

    /// The value of the first header of this name, which is given in lower case as the server writes it.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The names of the headers, sorted.
    pub fn header_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.head.lines().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
        names.sort_unstable();
        names
    }

    pub fn bytes(&self) -> usize {
        self.head.len() + self.body.len()
    }
}

/// A request to this path, with further header lines and a body of JSON.
pub fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    let content = if body.is_empty() {
        String::new()
    } else {
        format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len())
    };
    format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n{headers}{content}\r\n{body}")
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Sends one request on a connection of its own.
pub fn exchange(address: SocketAddr, request: &str) -> io::Result<Answer> {
    let mut stream = connect(address)?;
    stream.write_all(request.as_bytes())?;
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let answer = Answer { head: format!("{head}\r\n\r\n"), body: body.to_owned() };
            let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return Ok(answer);
            }
        }
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
}

/// Requests that take turns, for ever.
#[derive(Debug)]
pub struct Turns {
    requests: Vec<String>,
    next: usize,
}

impl Turns {
    /// At least one.
    pub fn of(requests: Vec<String>) -> Self {
        Self { requests, next: 0 }
    }

    fn next(&mut self) -> &str {
        let turn = self.next;
        self.next = (turn + 1) % self.requests.len();
        &self.requests[turn]
    }
}

/// Connections that carry one request each at a time.
#[derive(Debug)]
pub struct Lanes {
    streams: Vec<TcpStream>,
    answer: Vec<u8>,
}

impl Lanes {
    /// So many connections, each of which has carried a request. `answer` is the length of every answer.
    pub fn open(address: SocketAddr, lanes: u32, requests: &mut Turns, answer: usize) -> io::Result<Self> {
        let streams = (0..lanes).map(|_| connect(address)).collect::<io::Result<_>>()?;
        let mut opened = Self { streams, answer: vec![0; answer] };
        opened.send(requests, lanes)?;
        Ok(opened)
    }

    /// `count` requests, as many in flight as there are connections: all are sent, then all answers are read. Each
    /// must be 200 and of the length of the first.
    pub fn send(&mut self, requests: &mut Turns, count: u32) -> io::Result<()> {
        let mut left = usize::try_from(count).unwrap_or(usize::MAX);
        while left > 0 {
            let now = left.min(self.streams.len());
            for stream in &mut self.streams[..now] {
                stream.write_all(requests.next().as_bytes())?;
            }
            for stream in &mut self.streams[..now] {
                stream.read_exact(&mut self.answer)?;
                if !self.answer.starts_with(b"HTTP/1.1 200 ") || self.answer.last() != Some(&b'}') {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "an answer was not what it was before"));
                }
            }
            left -= now;
        }
        Ok(())
    }
}
