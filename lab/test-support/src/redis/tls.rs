//! A Redis with TLS; its certificate is signed by a temporary authority.

use std::{io, ops::Deref, path::PathBuf};

use super::{
    super::{certificates::certify, free_port, requirement::or_missing},
    Redis,
};

/// A running server. Another port accepts connections without TLS, for test code.
#[derive(Debug)]
pub struct RedisWithTls {
    server: Redis,
    port: u16,
}

impl RedisWithTls {
    /// `None` if Redis is not installed.
    pub async fn start() -> Option<Self> {
        or_missing("redis", Self::try_start().await)
    }

    async fn try_start() -> io::Result<Option<Self>> {
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        certify(folder.path())?;
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

    /// The certificate of the authority that signed the server's certificate.
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
