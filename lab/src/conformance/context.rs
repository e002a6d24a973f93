//! The context of a clause: the target, its `/about`, and new users.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    client::{Client, about::About, answer::Answer, expect::Failure, fresh, request::Request},
    target::Target,
};

pub(super) use crate::client::credential::Credential;

pub(super) const PASSWORD: &str = "correct horse battery staple";

#[derive(Debug)]
pub(super) struct Context {
    target: Target,
    about: Result<About, Failure>,
}

/// A user with an account, logged in.
#[derive(Debug)]
pub(super) struct Someone {
    pub(super) username: String,
    pub(super) client: Client,
    pub(super) credential: Credential,
    /// The answer to the login request.
    pub(super) login: Answer,
}

impl Context {
    pub(super) async fn arrive(target: &Target) -> Result<Self> {
        let mut client = Client::new(target.clone(), "lab");
        client.connect().await?;
        let about = about(&mut client).await;
        Ok(Self { target: target.clone(), about })
    }

    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    /// The target's `/about`. A clause that needs it fails if the target does not answer correctly.
    pub(super) fn about(&self) -> Result<&About, Failure> {
        self.about.as_ref().map_err(Clone::clone)
    }

    /// A client without a credential.
    pub(super) fn visitor(&self) -> Client {
        Client::new(self.target.clone(), "lab (conformance)")
    }

    /// Sends one request from a client without a credential.
    pub(super) async fn ask(&self, request: Request) -> Result<Answer, Failure> {
        Ok(self.visitor().send(request).await?)
    }

    /// Registers an account and returns its username.
    pub(super) async fn account(&self) -> Result<String, Failure> {
        let username = fresh::username("conform");
        let answer = self.ask(Request::post("/register").json(&login_of(&username, PASSWORD))).await?;
        answer.is(201)?;
        Ok(username)
    }

    /// Registers an account and logs in with JSON.
    pub(super) async fn someone(&self) -> Result<Someone, Failure> {
        self.login(self.visitor(), self.account().await?).await
    }

    /// A further login of the account, on another device.
    pub(super) async fn elsewhere(&self, someone: &Someone) -> Result<Someone, Failure> {
        self.login(Client::new(self.target.clone(), "lab (elsewhere)"), someone.username.clone()).await
    }

    /// Logs in with this client, which keeps everything it already holds.
    pub(super) async fn login(&self, mut client: Client, username: String) -> Result<Someone, Failure> {
        let login = client.send(Request::post("/login").json(&login_of(&username, PASSWORD))).await?;
        login.is(200)?;
        let credential = Credential::handed_out_by(&login)?;
        Ok(Someone { username, client, credential, login })
    }

    /// Registers an account and logs in with a token of this kind.
    pub(super) async fn someone_with(&self, kind: &str) -> Result<Someone, Failure> {
        self.login_with(self.account().await?, kind).await
    }

    /// A further login of the account, with a token of this kind.
    pub(super) async fn another_with(&self, someone: &Someone, kind: &str) -> Result<Someone, Failure> {
        self.login_with(someone.username.clone(), kind).await
    }

    async fn login_with(&self, username: String, kind: &str) -> Result<Someone, Failure> {
        let mut client = self.visitor();
        let body = json!({"username": username, "password": PASSWORD, "kind": kind});
        let login = client.send(Request::post("/login").json(&body)).await?;
        login.is(200)?;
        let credential = Credential::handed_out_by(&login)?;
        Ok(Someone { username, client, credential, login })
    }

    /// Registers an account and logs in with the form, as a browser does. The credential is a cookie.
    pub(super) async fn in_a_browser(&self) -> Result<Someone, Failure> {
        let username = self.account().await?;
        let mut client = self.visitor();
        let fields = [("username", username.as_str()), ("password", PASSWORD)];
        let login = client.send(Request::post("/login").form(&fields).from_a_browser()).await?;
        login.is(303)?;
        let credential = Credential::handed_out_by(&login)?;
        Ok(Someone { username, client, credential, login })
    }
}

impl Someone {
    pub(super) async fn ask(&mut self, request: Request) -> Result<Answer, Failure> {
        Ok(self.client.send(request).await?)
    }

    pub(super) async fn is_logged_in(&mut self) -> Result<(), Failure> {
        let answer = self.ask(Request::get("/mine")).await?;
        let body = answer.is_json(200)?;
        answer.ensure(body["username"] == self.username, format!("the login of {}", self.username))
    }

    pub(super) async fn is_logged_out(&mut self) -> Result<(), Failure> {
        self.ask(Request::get("/mine")).await?.is_problem(401, "not-logged-in").map(drop)
    }

    /// A copy of the credential, as a thief would have it.
    pub(super) fn copy(&self) -> Self {
        Self {
            username: self.username.clone(),
            client: self.client.fork(),
            credential: self.credential.clone(),
            login: self.login.clone(),
        }
    }

    pub(super) async fn put(&mut self, key: &str, value: &str) -> Result<Answer, Failure> {
        put(&mut self.client, key, value).await
    }

    /// The items of `GET /items`.
    pub(super) async fn items(&mut self) -> Result<Value, Failure> {
        let mut body = self.ask(Request::get("/items")).await?.is_json(200)?;
        Ok(body["items"].take())
    }
}

/// Writes an item, and keeps the cookies and tokens of the answer.
pub(super) async fn put(client: &mut Client, key: &str, value: &str) -> Result<Answer, Failure> {
    Ok(client.send(Request::put(format!("/items/{key}")).json(&json!({"value": value}))).await?)
}

/// The JSON body of `/register` and `/login`.
pub(super) fn login_of(username: &str, password: &str) -> Value {
    json!({"username": username, "password": password})
}

async fn about(client: &mut Client) -> Result<About, Failure> {
    let body = client.send(Request::get("/about")).await?.is_json(200)?;
    serde_json::from_value(body)
        .map_err(|error| Failure::new("the members that the contract gives /about", error.to_string()))
}
