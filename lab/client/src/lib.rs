//! An HTTP client that keeps what it is handed, as a browser or an app does, and counts the bytes on the wire.
//!
//! * [`target`]: the service that is asked; [`about`]: what the service says that it can
//! * [`request`], [`answer`]: what is sent and what comes back; [`recording`]: both, as anybody may read them
//! * [`jar`], [`tokens`]: what a client keeps between requests; [`credential`]: the part that proves a login
//! * [`visitor`]: a person with a browser, or a program with a token, that has an account and is logged in
//! * `connection`: one kept-alive connection whose bytes are counted
//! * [`shortened`]: how a secret is written where people can read it
//! * [`expect`]: checks of an answer, and what is said when one fails

pub mod about;
pub mod answer;
mod connection;
mod counted;
pub mod credential;
pub mod expect;
pub mod fresh;
pub mod jar;
pub mod recording;
pub mod request;
mod retry;
pub mod set_cookie;
pub mod shortened;
pub mod target;
pub mod tokens;
pub mod visitor;

use std::sync::Arc;

use anyhow::{Context as _, Result};

use self::{
    about::About,
    answer::{Answer, SentRequest},
    connection::Connection,
    expect::Failure,
    jar::Jar,
    recording::{ExchangeRecorder, Holding},
    request::Request,
    target::Target,
    tokens::HeldTokens,
};

/// One client of one target.
#[derive(Debug)]
pub struct Client {
    target: Target,
    /// The `User-Agent`, by which an account's owner recognises the client in a list of logins.
    name: String,
    jar: Jar,
    tokens: HeldTokens,
    connection: Option<Connection>,
    /// With the name that the recording gives this client.
    recorder: Option<(&'static str, Arc<dyn ExchangeRecorder>)>,
}

impl Client {
    /// A client that holds nothing yet.
    pub fn new(target: Target, name: impl Into<String>) -> Self {
        Self {
            target,
            name: name.into(),
            jar: Jar::default(),
            tokens: HeldTokens::default(),
            connection: None,
            recorder: None,
        }
    }

    /// The same, with all that it asks recorded under this name.
    #[must_use]
    pub fn recorded(self, who: &'static str, recorder: Arc<dyn ExchangeRecorder>) -> Self {
        Self { recorder: Some((who, recorder)), ..self }
    }

    /// A copy of all that the client holds, on a connection of its own: what a thief would have.
    #[must_use]
    pub fn fork(&self) -> Self {
        self.fork_at(self.target.clone())
    }

    /// Such a copy, at another instance of the service.
    #[must_use]
    pub fn fork_at(&self, target: Target) -> Self {
        let (jar, tokens, recorder) = (self.jar.clone(), self.tokens.clone(), self.recorder.clone());
        Self { jar, tokens, recorder, ..Self::new(target, self.name.clone()) }
    }

    /// Such a copy, recorded under another name.
    #[must_use]
    pub fn fork_as(&self, who: &'static str) -> Self {
        let recorder = self.recorder.as_ref().map(|(_, recorder)| (who, Arc::clone(recorder)));
        Self { recorder, ..self.fork() }
    }

    pub fn target(&self) -> &Target {
        &self.target
    }

    pub fn jar(&self) -> &Jar {
        &self.jar
    }

    pub fn jar_mut(&mut self) -> &mut Jar {
        &mut self.jar
    }

    pub fn tokens(&self) -> &HeldTokens {
        &self.tokens
    }

    /// What the client holds, as a recording shows it.
    pub fn holds(&self) -> Vec<Holding> {
        self.jar.held().chain(self.tokens.held()).collect()
    }

    /// Opens a connection, so that an unreachable target is reported before anything else happens.
    pub async fn connect(&mut self) -> Result<()> {
        self.connection = Some(Connection::open(&self.target).await?);
        Ok(())
    }

    /// Sends a request, records it, and keeps what the answer hands over.
    ///
    /// The services limit how many passwords are hashed at once; a request that is told to come back in a moment is sent again.
    pub async fn send(&mut self, request: Request) -> Result<Answer> {
        let mut answer = self.deliver(&request).await?;
        for _ in 0..retry::MAX_RETRIES {
            let Some(pause) = retry::pause(&request, &answer) else { break };
            tokio::time::sleep(pause).await;
            answer = self.deliver(&request).await?;
        }
        self.keep(&answer);
        self.record(&answer);
        Ok(answer)
    }

    /// [`Self::send`], for callers that report what they expected.
    pub async fn ask(&mut self, request: Request) -> Result<Answer, Failure> {
        Ok(self.send(request).await?)
    }

    /// Sends a request once and records it. What the client holds stays as it was.
    pub async fn once(&mut self, request: Request) -> Result<Answer, Failure> {
        let answer = self.deliver(&request).await?;
        self.record(&answer);
        Ok(answer)
    }

    /// Keeps what an answer hands out. Of several answers, the last one counts.
    pub fn keep(&mut self, answer: &Answer) {
        self.jar.keep(&answer.asked.path, answer.set_cookies());
        self.tokens.keep(answer);
    }

    /// Records an answer of [`Self::deliver`], which does not: recording takes time, and some requests are timed.
    pub fn record(&self, answer: &Answer) {
        if let Some((who, recorder)) = &self.recorder {
            recorder.record(who, answer);
        }
    }

    /// What the service says that it can.
    pub async fn about(&mut self) -> Result<About, Failure> {
        self.deliver(&Request::get("/about")).await?.about()
    }

    /// The username of the login that the service finds in `GET /mine`; `None` if it finds no login.
    pub async fn whoami(&mut self) -> Result<Option<String>, Failure> {
        self.taken_for(Request::get("/mine")).await
    }

    /// The same for this request, which must be one that answers like `GET /mine`.
    pub async fn taken_for(&mut self, request: Request) -> Result<Option<String>, Failure> {
        let answer = self.once(request).await?;
        if answer.status == 200 {
            return Ok(answer.json().and_then(|body| body["username"].as_str().map(str::to_owned)));
        }
        answer.ensure((300..500).contains(&answer.status) || answer.status == 503, "a login or a refusal")?;
        Ok(None)
    }

    /// Sends a request once. What the client holds stays as it was.
    pub async fn deliver(&mut self, request: &Request) -> Result<Answer> {
        let reused = self.connection.as_ref().is_some_and(Connection::is_open);
        if !reused {
            self.connect().await?;
        }
        let asked = request.written(&self.target, &self.name, &self.jar, &self.tokens);
        let mut outcome = self.exchange(&asked).await;
        // The service may close a kept-alive connection at any moment. Only a fresh connection shows whether it still answers.
        if reused && outcome.as_ref().is_err_and(connection::closed_early) {
            self.connect().await?;
            outcome = self.exchange(&asked).await;
        }
        outcome.with_context(|| format!("{} gave no answer to {} {}", self.target, request.method(), request.path()))
    }

    /// Sends a request over the open connection, which is dropped if it brings no answer.
    async fn exchange(&mut self, asked: &SentRequest) -> Result<Answer> {
        let mut connection = self.connection.take().context("the connection was just opened")?;
        let answer = connection.exchange(asked).await?;
        self.connection = Some(connection);
        Ok(answer)
    }
}
