//! An HTTP client that keeps cookies and tokens, as a browser or an app does, and counts its bytes.
//!
//! * [`request`], [`answer`]: the request and its answer; `exchange` turns both into an entry of the transcript.
//! * [`jar`], [`tokens`]: state kept between requests; [`credential`]: the part of it that proves a login.
//! * `connection`: one keep-alive connection with counted bytes.
//! * [`shortened`]: shortens secrets in texts for people.
//! * [`expect`]: assertions about an answer, and their failures.

pub mod about;
pub mod answer;
mod connection;
mod counted;
pub mod credential;
mod exchange;
pub mod expect;
pub mod fresh;
pub mod jar;
pub mod request;
mod retry;
pub mod set_cookie;
pub mod shortened;
pub mod tokens;

use anyhow::{Context as _, Result};

use crate::{journey::transcript::Held, target::Target};

use self::{
    answer::Answer,
    connection::Connection,
    jar::Jar,
    request::{Request, Shown},
    tokens::Tokens,
};

/// A client of one target.
#[derive(Debug)]
pub struct Client {
    target: Target,
    /// The `User-Agent`, which identifies the client in a list of logins.
    name: String,
    jar: Jar,
    tokens: Tokens,
    connection: Option<Connection>,
}

impl Client {
    /// A client without cookies and tokens.
    pub fn new(target: Target, name: impl Into<String>) -> Self {
        Self { target, name: name.into(), jar: Jar::default(), tokens: Tokens::default(), connection: None }
    }

    /// A copy of the client's cookies and tokens, on another connection: what a thief would have.
    #[must_use]
    pub fn fork(&self) -> Self {
        self.fork_at(self.target.clone())
    }

    /// Like `fork`, at another instance of the service.
    #[must_use]
    pub fn fork_at(&self, target: Target) -> Self {
        Self { target, name: self.name.clone(), jar: self.jar.clone(), tokens: self.tokens.clone(), connection: None }
    }

    pub fn jar(&self) -> &Jar {
        &self.jar
    }

    pub fn jar_mut(&mut self) -> &mut Jar {
        &mut self.jar
    }

    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The client's cookies and tokens, as the transcript shows them.
    pub fn holds(&self) -> Vec<Held> {
        self.jar.held().chain(self.tokens.held()).collect()
    }

    /// Opens a connection, so that an unreachable target is reported before the first step.
    pub async fn connect(&mut self) -> Result<()> {
        self.connection = Some(Connection::open(&self.target).await?);
        Ok(())
    }

    /// Sends a request, and keeps the cookies and tokens of the answer.
    ///
    /// A busy service answers calls that hash a password with 429 or 503 and a short wait. Then the request is
    /// repeated.
    pub async fn send(&mut self, request: Request) -> Result<Answer> {
        let mut answer = self.deliver(&request).await?;
        for _ in 0..retry::MOST_RETRIES {
            let Some(pause) = retry::pause(&request, &answer) else { break };
            tokio::time::sleep(pause).await;
            answer = self.deliver(&request).await?;
        }
        self.keep(&answer);
        Ok(answer)
    }

    /// Keeps the cookies and tokens of an answer. The order of calls is the order of the answers.
    pub fn keep(&mut self, answer: &Answer) {
        self.jar.keep(&answer.asked.path, answer.set_cookies());
        self.tokens.keep(answer);
    }

    /// Sends a request once, and does not change the client's cookies and tokens.
    pub async fn deliver(&mut self, request: &Request) -> Result<Answer> {
        let reused = match &self.connection {
            Some(connection) if connection.is_open() => true,
            _ => {
                self.connect().await?;
                false
            }
        };
        let asked = request.written(&self.target, &self.name, Shown { jar: &self.jar, tokens: &self.tokens });
        let unanswered = || format!("no answer from {} to {} {}", self.target, request.method(), request.path());
        let connection = self.connection.as_mut().context("the connection was just opened")?;
        match connection.exchange(&asked).await {
            // A service may close a keep-alive connection at any time, so the request is repeated on a fresh one.
            Err(failure) if reused && connection::closed_early(&failure) => {
                let mut fresh = Connection::open(&self.target).await?;
                let answer = fresh.exchange(&asked).await.with_context(unanswered);
                self.connection = Some(fresh);
                answer
            }
            outcome => {
                let outcome = outcome.with_context(unanswered);
                if outcome.is_err() {
                    self.connection = None;
                }
                outcome
            }
        }
    }
}
