//! A minimal HTTP client: each request is one write, on keep-alive connections, so that the server's cost is only the
//! request.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// The maximum wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// A request to this path, with further header lines and a JSON body.
pub fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    let content = if body.is_empty() {
        String::new()
    } else {
        format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len())
    };
    format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n{headers}{content}\r\n{body}")
}

/// A form with further header lines, as browsers and OAuth 2.0 clients send it.
pub fn form(path: &str, headers: &str, body: &str) -> String {
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let headers = format!("{headers}{kind}Content-Length: {}\r\n", body.len());
    request("POST", path, &headers, "") + body
}

/// The raw answer.
#[derive(Clone, Debug)]
pub struct Answer {
    text: String,
    body: usize,
}

impl Answer {
    pub fn status(&self) -> &str {
        self.text.get(9..12).unwrap_or_default()
    }

    /// An error if the answer has another status.
    pub fn expect(&self, status: &str) -> io::Result<()> {
        if self.status() == status { Ok(()) } else { Err(io::Error::other(format!("expected {status}: {self:?}"))) }
    }

    pub fn body(&self) -> &str {
        &self.text[self.body..]
    }

    /// The values of the headers with this name, in lower case.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = move |(found, _): &(&str, _)| found.eq_ignore_ascii_case(name);
        fields(&self.text[..self.body]).filter(named).map(|(_, value)| value)
    }

    /// The names of the headers, sorted.
    pub fn header_names(&self) -> Vec<String> {
        let mut names: Vec<_> = fields(&self.text[..self.body]).map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort_unstable();
        names
    }

    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}

/// A keep-alive connection with one request at a time.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, read: Vec::new() })
    }

    pub fn send(&mut self, request: &str) -> io::Result<()> {
        self.stream.write_all(request.as_bytes())
    }

    /// Waits for the answer to the last request.
    pub fn answer(&mut self) -> io::Result<Answer> {
        let mut buffer = [0; 8192];
        loop {
            if let Some((body, end)) = whole(&self.read)
                && self.read.len() >= end
            {
                let text = String::from_utf8_lossy(&self.read[..end]).into_owned();
                self.read.drain(..end);
                return Ok(Answer { text, body });
            }
            let count = self.stream.read(&mut buffer)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.read.extend_from_slice(&buffer[..count]);
        }
    }

    pub fn exchange(&mut self, request: &str) -> io::Result<Answer> {
        self.send(request)?;
        self.answer()
    }
}

/// Sends one request on a new connection.
pub fn exchange(address: SocketAddr, request: &str) -> io::Result<Answer> {
    Connection::open(address)?.exchange(request)
}

/// The start and the end of the answer's body, once the head is complete.
fn whole(read: &[u8]) -> Option<(usize, usize)> {
    let head = read.windows(END_OF_HEAD.len()).position(|window| window == END_OF_HEAD)? + END_OF_HEAD.len();
    let mut fields = fields(str::from_utf8(&read[..head]).ok()?);
    let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    Some((head, head + length.and_then(|(_, value)| value.parse::<usize>().ok()).unwrap_or(0)))
}

/// The names and values of a head's fields. The first line is none.
fn fields(head: &str) -> impl Iterator<Item = (&str, &str)> {
    head.lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, value)| (name, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        assert_eq!(whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"), None);
        assert_eq!(whole(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{"), Some((38, 40)));
        assert_eq!(whole(b"HTTP/1.1 204 No Content\r\nx: y\r\n\r\n"), Some((33, 33)));
    }
}
