//! A visitor that keeps what it is handed, as a browser or an app does, and measures what it costs on the wire.
//!
//! * [`request`], [`answer`]: what is sent and what comes back; `exchange` turns both into a line of the transcript.
//! * [`jar`], [`tokens`]: what is kept between requests; [`credential`]: what of it proves a login.
//! * `connection`: one kept-alive connection whose bytes are counted.
//! * [`shortened`]: how a secret is written where people can read it.
//! * [`expect`]: what an answer may be asked, and what is said when it is otherwise.

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

/// One visitor of one target.
#[derive(Debug)]
pub struct Client {
    target: Target,
    /// The `User-Agent`, by which its owner can tell it in a list of logins.
    name: String,
    jar: Jar,
    tokens: Tokens,
    connection: Option<Connection>,
}

impl Client {
    /// A visitor that holds nothing yet.
    pub fn new(target: Target, name: impl Into<String>) -> Self {
        Self { target, name: name.into(), jar: Jar::default(), tokens: Tokens::default(), connection: None }
    }

    /// A copy of all that the visitor holds, on a connection of its own: what a thief would have.
    #[must_use]
    pub fn fork(&self) -> Self {
        self.fork_at(self.target.clone())
    }

    /// Such a copy, at another instance of the service.
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

    /// What the visitor holds, as the transcript shows it.
    pub fn holds(&self) -> Vec<Held> {
        self.jar.held().chain(self.tokens.held()).collect()
    }

    /// Opens a connection, so that a target which is not there is named before anything is played.
    pub async fn connect(&mut self) -> Result<()> {
        self.connection = Some(Connection::open(&self.target).await?);
        Ok(())
    }

    /// Sends a request and keeps what the answer hands over.
    ///
    /// The services bound how many passwords are hashed at once; being told to come back in a moment is no answer yet.
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

    /// Takes over what an answer hands out, in the order in which answers are given to it.
    pub fn keep(&mut self, answer: &Answer) {
        self.jar.keep(&answer.asked.path, answer.set_cookies());
        self.tokens.keep(answer);
    }

    /// Sends a request once and leaves what the visitor holds as it was.
    pub async fn deliver(&mut self, request: &Request) -> Result<Answer> {
        let reused = match &self.connection {
            Some(connection) if connection.is_open() => true,
            _ => {
                self.connect().await?;
                false
            }
        };
        let asked = request.written(&self.target, &self.name, Shown { jar: &self.jar, tokens: &self.tokens });
        let unanswered = || format!("{} gave no answer to {} {}", self.target, request.method(), request.path());
        let connection = self.connection.as_mut().context("the connection was just opened")?;
        match connection.exchange(&asked).await {
            // A kept-alive connection may be closed by the other side at any moment; only a fresh one can tell.
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
