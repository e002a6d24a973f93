//! A chromedriver process on a free port. The test stops it by its process id, even if it fails.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

pub(super) struct Driver {
    child: Child,
    /// Kept open, since chromedriver may exit if it cannot write to stdout.
    _words: BufReader<ChildStdout>,
    pub(super) address: SocketAddr,
    /// The open browser session: killing the driver would leave its browser running.
    pub(super) session: Option<String>,
}

impl Driver {
    pub(super) fn start(program: &Path) -> Self {
        let mut child =
            Command::new(program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut words = BufReader::new(child.stdout.take().unwrap());
        let port = port(&mut words);
        Self { child, _words: words, address: (Ipv4Addr::LOCALHOST, port).into(), session: None }
    }
}

/// Reads the port from the line `ChromeDriver was started successfully on port 37241.`
fn port(words: &mut BufReader<ChildStdout>) -> u16 {
    let mut line = String::new();
    while words.read_line(&mut line).unwrap() > 0 {
        if let Some((_, port)) = line.trim().trim_end_matches('.').rsplit_once("successfully on port ") {
            return port.parse().unwrap();
        }
        line.clear();
    }
    panic!("chromedriver ended without naming its port");
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(session) = &self.session {
            close(self.address, session);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Blocking, since the async runtime may already be gone. After the answer the browser has exited.
fn close(driver: SocketAddr, session: &str) {
    let Ok(mut stream) = TcpStream::connect(driver) else { return };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
    let request = format!("DELETE /session/{session} HTTP/1.1\r\nhost: {driver}\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.read(&mut [0; 64]);
}
