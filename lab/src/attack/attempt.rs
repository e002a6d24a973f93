//! One attack on one service: people with accounts there, and the attackers.

use std::time::Duration;

use anyhow::Result;
use authlab_results::attacks::{AcceptedAfterEnd, Outcome};
use serde_json::{Value, json};

use super::{deployments::Deployment, recording::Recording};
use crate::{
    client::{
        Client,
        about::About,
        answer::Answer,
        credential::Credential,
        expect::{Failure, ensure},
        fresh,
        request::Request,
    },
    target::Target,
};

pub(super) const PASSWORD: &str = "correct horse battery staple";

/// One attack on one deployment.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) deployment: Deployment,
    /// What the service says about itself.
    pub(super) about: About,
    pub(super) recording: Recording,
    pub(super) accepted_after_end: Option<AcceptedAfterEnd>,
}

/// A sender of requests, with the credentials that it holds.
#[derive(Debug)]
pub(super) struct Party {
    /// The name in the recording.
    who: &'static str,
    pub(super) client: Client,
    recording: Recording,
}

/// A user who is logged in.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) username: String,
    pub(super) party: Party,
    pub(super) credential: Credential,
    /// The answer of the login.
    pub(super) login: Answer,
}

impl Attempt {
    pub(super) async fn start(deployment: &Deployment) -> Result<Self> {
        let mut client = Client::new(deployment.target.clone(), "lab");
        client.connect().await?;
        let answer = client.send(Request::get("/about")).await?;
        let about = serde_json::from_slice(&answer.body)
            .map_err(|error| anyhow::anyhow!("{} does not describe itself at /about: {error}", deployment.target))?;
        Ok(Self { deployment: deployment.clone(), about, recording: Recording::default(), accepted_after_end: None })
    }

    /// The same attack at another instance of the service.
    pub(super) async fn at(&self, target: &Target) -> Result<Self> {
        let there = Self::start(&Deployment { target: target.clone(), ..self.deployment.clone() }).await?;
        Ok(Self { recording: self.recording.clone(), ..there })
    }

    pub(super) fn target(&self) -> &Target {
        &self.deployment.target
    }

    pub(super) fn is(&self, mechanism: &str) -> bool {
        self.about.mechanism == mechanism
    }

    /// A party without credentials.
    pub(super) fn somebody(&self, who: &'static str) -> Party {
        self.somebody_at(self.target().clone(), who)
    }

    /// A party without credentials, at another deployment.
    pub(super) fn somebody_at(&self, elsewhere: Target, who: &'static str) -> Party {
        Party { who, client: Client::new(elsewhere, "lab (attack)"), recording: self.recording.clone() }
    }

    /// Registers an account and returns its username.
    pub(super) async fn account(&self, who: &'static str) -> Result<String, Failure> {
        let username = fresh::username(who);
        self.somebody(who).ask(Request::post("/register").json(&login_of(&username, PASSWORD))).await?.is(201)?;
        Ok(username)
    }

    /// A new account, logged in with JSON.
    pub(super) async fn person(&self, who: &'static str) -> Result<Person, Failure> {
        let username = self.account(who).await?;
        self.somebody(who).log_in(username).await
    }

    /// A new account, logged in with the form, as a browser does it: the credential is a cookie.
    pub(super) async fn in_a_browser(&self, who: &'static str) -> Result<Person, Failure> {
        let username = self.account(who).await?;
        self.somebody(who).log_in_by_form(username).await
    }

    /// The outcome if a copy outlives its login: a breach if the service says that it can end copies, else by nature.
    pub(super) fn unless_it_can_end_copies(&self, what: &str) -> Outcome {
        if self.about.can_end_copies() { Outcome::fell(what) } else { nothing_to_delete() }
    }

    /// Notes how long the service accepted a credential after its end.
    pub(super) fn note_accepted(&mut self, for_so_long: Duration, open_for_seconds: Option<u64>) {
        let measured_ms = for_so_long.as_millis().try_into().unwrap_or(u64::MAX);
        self.accepted_after_end = Some(AcceptedAfterEnd { measured_ms, open_for_seconds });
    }
}

impl Party {
    /// Sends a request, keeps the credentials in the answer, and records the exchange.
    pub(super) async fn ask(&mut self, request: Request) -> Result<Answer, Failure> {
        let answer = self.client.send(request).await?;
        self.note(&answer);
        Ok(answer)
    }

    /// Sends a request once and keeps nothing of the answer.
    pub(super) async fn once(&mut self, request: Request) -> Result<Answer, Failure> {
        let answer = self.client.deliver(&request).await?;
        self.note(&answer);
        Ok(answer)
    }

    /// Records an exchange. It is called after an exchange is timed, since recording takes time.
    pub(super) fn note(&self, answer: &Answer) {
        self.recording.note(self.who, answer);
    }

    /// The user that the service takes the party for.
    pub(super) async fn whoami(&mut self) -> Result<Option<String>, Failure> {
        self.taken_for(Request::get("/mine")).await
    }

    /// The user that the service takes the sender of this request for. Its answer must be like that of `GET /mine`.
    pub(super) async fn taken_for(&mut self, request: Request) -> Result<Option<String>, Failure> {
        let answer = self.once(request).await?;
        if answer.status == 200 {
            return Ok(answer.json().and_then(|body| body["username"].as_str().map(str::to_owned)));
        }
        answer.ensure((300..500).contains(&answer.status) || answer.status == 503, "a login or a refusal")?;
        Ok(None)
    }

    /// Logs in with JSON. The request carries the credentials that the party holds already.
    pub(super) async fn log_in(mut self, username: String) -> Result<Person, Failure> {
        let login = self.ask(Request::post("/login").json(&login_of(&username, PASSWORD))).await?;
        login.is(200)?;
        let credential = Credential::handed_out_by(&login)?;
        Ok(Person { username, party: self, credential, login })
    }

    /// Logs in with the form.
    pub(super) async fn log_in_by_form(mut self, username: String) -> Result<Person, Failure> {
        let login = self.ask(form_login(&username, PASSWORD)).await?;
        login.is(303)?;
        let credential = Credential::handed_out_by(&login)?;
        Ok(Person { username, party: self, credential, login })
    }
}

impl Person {
    pub(super) async fn ask(&mut self, request: Request) -> Result<Answer, Failure> {
        self.party.ask(request).await
    }

    /// A thief with a copy of all credentials of this person.
    pub(super) fn thief(&self) -> Party {
        Party { who: "thief", client: self.party.client.fork(), recording: self.party.recording.clone() }
    }

    /// Another login of the account, on another device.
    pub(super) async fn elsewhere(&self, attempt: &Attempt) -> Result<Self, Failure> {
        attempt.somebody("second device").log_in(self.username.clone()).await
    }

    /// Fails if the genuine credential did not survive the attack, since then nothing was shown.
    pub(super) async fn is_still_logged_in(&mut self) -> Result<(), Failure> {
        let who = self.party.whoami().await?;
        ensure(who.as_ref() == Some(&self.username), format!("{} to be still logged in", self.username), || {
            format!("{who:?}")
        })
    }

    /// A request for `/mine` with this text in place of the credential.
    pub(super) fn forged(&self, text: &str) -> Request {
        self.credential.forged(Request::get("/mine"), text)
    }

    pub(super) async fn put(&mut self, key: &str, value: &str) -> Result<Answer, Failure> {
        let answer = self.ask(Request::put(format!("/items/{key}")).json(&json!({"value": value}))).await?;
        answer.ensure(matches!(answer.status, 200 | 204), "the item to be kept")?;
        Ok(answer)
    }
}

/// The service keeps no record of a login, so it cannot end one.
pub(super) fn nothing_to_delete() -> Outcome {
    Outcome::by_nature(
        "the server keeps nothing of the login, so there is nothing that could be deleted",
        "REVOCATION=feed",
        "a look-up in memory a request, none in a store; REVOCATION=read: one SQL read a request",
    )
}

/// The body of `/register` and `/login`.
pub(super) fn login_of(username: &str, password: &str) -> Value {
    json!({"username": username, "password": password})
}

pub(super) fn form_login(username: &str, password: &str) -> Request {
    Request::post("/login").form(&[("username", username), ("password", password)]).from_a_browser()
}
