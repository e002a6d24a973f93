//! The clients of a row: users with accounts at the target, and attackers.

use anyhow::Result;
use serde_json::{Value, json};

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

use super::{
    arena::Mark,
    row::{Leak, Nature, Outcome},
    script::Script,
};

pub(super) const PASSWORD: &str = "correct horse battery staple";

/// The run of one row against one target.
#[derive(Debug)]
pub struct Stage {
    pub(super) mark: Mark,
    /// The target's answer at `/about`.
    pub(super) about: About,
    pub(super) script: Script,
    pub(super) leak: Option<Leak>,
}

/// A client, with the credentials it holds.
#[derive(Debug)]
pub(super) struct Actor {
    /// The client's name in the recording.
    who: &'static str,
    pub(super) client: Client,
    script: Script,
}

/// A user with an account, logged in.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) username: String,
    pub(super) actor: Actor,
    pub(super) credential: Credential,
    /// The answer to the login request.
    pub(super) login: Answer,
}

impl Stage {
    pub(super) async fn set(mark: &Mark) -> Result<Self> {
        let mut client = Client::new(mark.target.clone(), "lab");
        client.connect().await?;
        let answer = client.send(Request::get("/about")).await?;
        let about = serde_json::from_slice(&answer.body)
            .map_err(|error| anyhow::anyhow!("{} does not describe itself at /about: {error}", mark.target))?;
        Ok(Self { mark: mark.clone(), about, script: Script::default(), leak: None })
    }

    /// The same run at another instance of the service.
    pub(super) async fn at(&self, target: &Target) -> Result<Self> {
        let there = Self::set(&Mark { target: target.clone(), ..self.mark.clone() }).await?;
        Ok(Self { script: self.script.clone(), ..there })
    }

    pub(super) fn target(&self) -> &Target {
        &self.mark.target
    }

    pub(super) fn is(&self, mechanism: &str) -> bool {
        self.about.mechanism == mechanism
    }

    /// A client without a credential.
    pub(super) fn somebody(&self, who: &'static str) -> Actor {
        Actor { who, client: Client::new(self.mark.target.clone(), "lab (attack)"), script: self.script.clone() }
    }

    /// A client without a credential, at another deployment.
    pub(super) fn somebody_at(&self, elsewhere: Target, who: &'static str) -> Actor {
        Actor { who, client: Client::new(elsewhere, "lab (attack)"), script: self.script.clone() }
    }

    /// Registers an account and returns its username.
    pub(super) async fn account(&self, who: &'static str) -> Result<String, Failure> {
        let username = fresh::username(who);
        self.somebody(who).ask(Request::post("/register").json(&login_of(&username, PASSWORD))).await?.is(201)?;
        Ok(username)
    }

    /// Registers an account and logs in with JSON.
    pub(super) async fn person(&self, who: &'static str) -> Result<Person, Failure> {
        let username = self.account(who).await?;
        self.somebody(who).log_in(username).await
    }

    /// Registers an account and logs in with the form, as a browser does. The credential is a cookie.
    pub(super) async fn in_a_browser(&self, who: &'static str) -> Result<Person, Failure> {
        let username = self.account(who).await?;
        self.somebody(who).log_in_by_form(username).await
    }

    /// By nature if the service cannot end copies of a credential; fell if `/about` says that it can.
    pub(super) fn unless_it_can_end_copies(&self, what: &str, nature: Nature) -> Outcome {
        if self.about.can_end_copies() { Outcome::fell(what) } else { Outcome::ByNature(nature) }
    }
}

impl Actor {
    /// Sends a request, keeps the cookies and tokens of the answer, and records the exchange.
    pub(super) async fn ask(&mut self, request: Request) -> Result<Answer, Failure> {
        let answer = self.client.send(request).await?;
        self.note(&answer);
        Ok(answer)
    }

    /// Sends a request without retries, and keeps nothing from the answer.
    pub(super) async fn once(&mut self, request: Request) -> Result<Answer, Failure> {
        let answer = self.client.deliver(&request).await?;
        self.note(&answer);
        Ok(answer)
    }

    /// Records an exchange that was timed. It is separate because recording takes time too.
    pub(super) fn note(&self, answer: &Answer) {
        self.script.note(self.who, answer);
    }

    /// The username that the service sees, if any.
    pub(super) async fn whoami(&mut self) -> Result<Option<String>, Failure> {
        self.taken_for(Request::get("/mine")).await
    }

    /// The username that the service sees for this request. The request's answer must look like that of `GET /mine`.
    pub(super) async fn taken_for(&mut self, request: Request) -> Result<Option<String>, Failure> {
        let answer = self.once(request).await?;
        if answer.status == 200 {
            return Ok(answer.json().and_then(|body| body["username"].as_str().map(str::to_owned)));
        }
        answer.ensure((300..500).contains(&answer.status) || answer.status == 503, "a login or a refusal")?;
        Ok(None)
    }

    /// Logs in while keeping all credentials that the client already holds.
    pub(super) async fn log_in(mut self, username: String) -> Result<Person, Failure> {
        let login = self.ask(Request::post("/login").json(&login_of(&username, PASSWORD))).await?;
        login.is(200)?;
        let credential = Credential::handed_out_by(&login)?;
        Ok(Person { username, actor: self, credential, login })
    }

    /// Like `log_in`, with the form.
    pub(super) async fn log_in_by_form(mut self, username: String) -> Result<Person, Failure> {
        let login = self.ask(form_login(&username, PASSWORD)).await?;
        login.is(303)?;
        let credential = Credential::handed_out_by(&login)?;
        Ok(Person { username, actor: self, credential, login })
    }
}

impl Person {
    pub(super) async fn ask(&mut self, request: Request) -> Result<Answer, Failure> {
        self.actor.ask(request).await
    }

    /// An attacker with a copy of everything that this user holds.
    pub(super) fn thief(&self) -> Actor {
        Actor { who: "thief", client: self.actor.client.fork(), script: self.actor.script.clone() }
    }

    /// A further login of the account, on another device.
    pub(super) async fn elsewhere(&self, stage: &Stage) -> Result<Self, Failure> {
        stage.somebody("second device").log_in(self.username.clone()).await
    }

    /// Checks that the genuine credential still works. A service that refuses everything has blocked nothing.
    pub(super) async fn is_still_logged_in(&mut self) -> Result<(), Failure> {
        let who = self.actor.whoami().await?;
        ensure(who.as_ref() == Some(&self.username), format!("{} to be still logged in", self.username), || {
            format!("{who:?}")
        })
    }

    /// A request for `/mine` with this text in place of the credential, and no other credential.
    pub(super) fn forged(&self, text: &str) -> Request {
        self.credential.forged(Request::get("/mine"), text)
    }

    pub(super) async fn put(&mut self, key: &str, value: &str) -> Result<Answer, Failure> {
        let answer = self.ask(Request::put(format!("/items/{key}")).json(&json!({"value": value}))).await?;
        answer.ensure(matches!(answer.status, 200 | 204), "the item to be kept")?;
        Ok(answer)
    }
}

/// The JSON body of `/register` and `/login`.
pub(super) fn login_of(username: &str, password: &str) -> Value {
    json!({"username": username, "password": password})
}

pub(super) fn form_login(username: &str, password: &str) -> Request {
    Request::post("/login").form(&[("username", username), ("password", password)]).from_a_browser()
}
