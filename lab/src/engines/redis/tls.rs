//! A Redis that is asked with TLS; its certificate is signed by an authority that nobody else trusts.

use std::{
    fs, io,
    ops::Deref,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{super::free_port, Redis};

/// A running server. It is asked without TLS as well, on another port, by whoever watches it.
#[derive(Debug)]
pub struct RedisWithTls {
    server: Redis,
    port: u16,
}

impl RedisWithTls {
    /// `None` where there is no Redis.
    pub async fn start() -> io::Result<Option<Self>> {
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        certify(&folder)?;
        let file = |name: &str| folder.path().join(name).display().to_string();
        let arguments = [
            ("--tls-port", port.to_string()),
            ("--tls-cert-file", file("server.pem")),
            ("--tls-key-file", file("server.key")),
            ("--tls-ca-cert-file", file("authority.pem")),
            ("--tls-auth-clients", "no".to_owned()),
        ];
        let arguments = arguments.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect();
        let server = Redis::start_in(folder, arguments).await?;
        Ok(server.map(|server| Self { server, port }))
    }

    pub fn url(&self) -> String {
        format!("rediss://127.0.0.1:{}/", self.port)
    }

    /// The certificate that the server's is to be checked against.
    pub fn authority(&self) -> PathBuf {
        self.server.folder.path().join("authority.pem")
    }
}

impl Deref for RedisWithTls {
    type Target = Redis;

    fn deref(&self) -> &Redis {
        &self.server
    }
}

/// An authority, and a certificate of its for this machine alone.
fn certify(folder: &TempDir) -> io::Result<()> {
    let folder = folder.path();
    fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost")?;
    for arguments in [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority -keyout authority.key -out authority.pem",
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=redis -keyout server.key -out server.csr",
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names -out server.pem",
    ] {
        openssl(folder, arguments)?;
    }
    Ok(())
}

fn openssl(folder: &Path, arguments: &str) -> io::Result<()> {
    let output = Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}
