//! A visitor: a person with a browser, or a program with a token, that has an account and is logged in.

use serde_json::{Value, json};

use crate::{
    Client,
    answer::Answer,
    credential::Credential,
    expect::{Failure, ensure, members, text},
    request::Request,
    target::Target,
};

/// The password of every visitor.
pub const PASSWORD: &str = "correct horse battery staple";
/// The password that a visitor changes to.
pub const NEW_PASSWORD: &str = "incorrect zebra battery staple";

#[derive(Debug)]
pub struct Visitor {
    pub username: String,
    pub client: Client,
    pub credential: Credential,
    /// The answer of the login.
    pub login: Answer,
}

/// How a visitor logs in, and so which credential the service hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginWith<'a> {
    /// JSON, as a program sends it: a token where the mechanism has tokens, a cookie otherwise.
    Json,
    /// JSON that asks for a token of this kind: `jwt` or `opaque`.
    Kind(&'a str),
    /// The form of the page, as a browser sends it: always a cookie.
    Form,
}

impl LoginWith<'_> {
    pub fn request(self, username: &str, password: &str) -> Request {
        let request = Request::post("/login");
        match self {
            Self::Json => request.json(&account(username, password)),
            Self::Kind(kind) => request.json(&json!({"username": username, "password": password, "kind": kind})),
            Self::Form => request.form(&[("username", username), ("password", password)]).from_a_browser(),
        }
    }

    fn success(self) -> u16 {
        if self == Self::Form { 303 } else { 200 }
    }
}

impl Visitor {
    /// A visitor with this username, logged in with JSON. The account is registered if it does not exist yet.
    pub async fn new(target: &Target, username: &str) -> Result<Self, Failure> {
        Self::register(Client::new(target.clone(), "lab"), username, LoginWith::Json).await
    }

    /// The same with this client, logged in this way.
    pub async fn register(mut client: Client, username: &str, with: LoginWith<'_>) -> Result<Self, Failure> {
        let registered = client.ask(registration(username)).await?;
        registered.ensure(matches!(registered.status, 201 | 409), "an account")?;
        Self::log_in(client, username, with).await
    }

    /// Logs this client in with an account that exists. The client shows what it holds already.
    pub async fn log_in(mut client: Client, username: &str, with: LoginWith<'_>) -> Result<Self, Failure> {
        let login = client.ask(with.request(username, PASSWORD)).await?;
        login.is(with.success())?;
        let credential = Credential::handed_out_by(&login)?;
        Ok(Self { username: username.to_owned(), client, credential, login })
    }

    /// The name and the value of the cookie that is the credential.
    pub fn cookie(&self) -> Result<(&str, &str), Failure> {
        match &self.credential {
            Credential::Cookie { name, value } => Ok((name.as_str(), value.as_str())),
            Credential::Bearer(_) => Err(Failure::new("a credential in a cookie", self.login.in_short())),
        }
    }

    /// A thief with a copy of all that the visitor holds.
    #[must_use]
    pub fn thief(&self) -> Client {
        self.client.fork_as("thief")
    }

    /// The same, as a visitor.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self {
            username: self.username.clone(),
            client: self.thief(),
            credential: self.credential.clone(),
            login: self.login.clone(),
        }
    }

    pub async fn ask(&mut self, request: Request) -> Result<Answer, Failure> {
        self.client.ask(request).await
    }

    /// Each of these requests is answered with this problem.
    pub async fn is_refused(
        &mut self,
        requests: impl IntoIterator<Item = Request>,
        (status, slug): (u16, &str),
    ) -> Result<(), Failure> {
        for request in requests {
            self.ask(request).await?.is_problem(status, slug)?;
        }
        Ok(())
    }

    /// `GET /mine` answers with this visitor's username.
    pub async fn is_logged_in(&mut self) -> Result<(), Failure> {
        let answer = self.ask(Request::get("/mine")).await?;
        self.is_found_in(&answer)
    }

    /// This answer of `GET /mine` has this visitor's username.
    pub fn is_found_in(&self, answer: &Answer) -> Result<(), Failure> {
        let body = answer.is_json(200)?;
        answer.ensure(body["username"] == self.username, format!("the login of {}", self.username))
    }

    pub async fn is_logged_out(&mut self) -> Result<(), Failure> {
        self.ask(Request::get("/mine")).await?.is_problem(401, "not-logged-in")
    }

    /// The login has ended, or it goes on.
    pub async fn is_logged_out_if(&mut self, has_ended: bool) -> Result<(), Failure> {
        if has_ended { self.is_logged_out().await } else { self.is_logged_in().await }
    }

    pub async fn put(&mut self, key: &str, value: &str) -> Result<Answer, Failure> {
        self.ask(put_item(key, value)).await
    }

    /// Writes an item, which must succeed.
    pub async fn store(&mut self, key: &str, value: &str) -> Result<Answer, Failure> {
        let answer = self.put(key, value).await?;
        answer.ensure(matches!(answer.status, 200 | 204), "the item to be stored")?;
        Ok(answer)
    }

    /// A request for `/mine` with this text in the place of the credential, and with no other credential.
    pub fn forged(&self, text: &str) -> Request {
        self.credential.forged(Request::get("/mine"), text)
    }

    /// The items that `GET /items` lists.
    pub async fn items(&mut self) -> Result<Value, Failure> {
        let mut body = self.ask(Request::get("/items")).await?.is_json(200)?;
        Ok(body["items"].take())
    }

    /// `GET /items` lists this item, perhaps among others.
    pub async fn has_item(&mut self, key: &str, value: &str) -> Result<(), Failure> {
        let items = self.items().await?;
        ensure(items[key] == value, format!("the item `{key}` with the text {value:?}"), || items.to_string())
    }

    /// `GET /items` lists exactly these items.
    pub async fn has_items(&mut self, expected: &Value) -> Result<(), Failure> {
        let items = self.items().await?;
        ensure(items == *expected, format!("the items {expected}"), || items.to_string())
    }

    pub async fn log_out(&mut self) -> Result<Answer, Failure> {
        self.ask(Request::post("/logout")).await
    }

    /// Changes the password to [`NEW_PASSWORD`].
    pub async fn change_password(&mut self) -> Result<Answer, Failure> {
        self.ask(password_change()).await
    }

    /// The logins that `GET /logins` lists.
    pub async fn logins(&mut self) -> Result<Vec<Value>, Failure> {
        let mut body = self.ask(Request::get("/logins")).await?.is_json(200)?;
        members(&body, &["logins"])?;
        match body["logins"].take() {
            Value::Array(logins) => Ok(logins),
            other => Err(Failure::new("a list of logins", other.to_string())),
        }
    }

    /// The id of another login of the account.
    pub async fn other_login_id(&mut self) -> Result<String, Failure> {
        let logins = self.logins().await?;
        match logins.iter().find(|login| login["current"] == false) {
            Some(login) => Ok(text(login, "id")?.to_owned()),
            None => Err(Failure::new("the other login in the list", format!("{logins:?}"))),
        }
    }

    /// The id of this login.
    pub async fn login_id(&mut self) -> Result<String, Failure> {
        let logins = self.logins().await?;
        let mut current = logins.iter().filter(|login| login["current"] == true);
        match (current.next(), current.next()) {
            (Some(login), None) => Ok(text(login, "id")?.to_owned()),
            _ => Err(Failure::new("one login that is the current one", format!("{logins:?}"))),
        }
    }
}

/// The body of `/register` and `/login`.
pub fn account(username: &str, password: &str) -> Value {
    json!({"username": username, "password": password})
}

pub fn registration(username: &str) -> Request {
    register(username, PASSWORD)
}

pub fn register(username: &str, password: &str) -> Request {
    Request::post("/register").json(&account(username, password))
}

/// Changes the password to [`NEW_PASSWORD`].
pub fn password_change() -> Request {
    change_password(PASSWORD, NEW_PASSWORD)
}

pub fn change_password(current: &str, new: &str) -> Request {
    Request::post("/password").json(&json!({"current": current, "new": new}))
}

/// The login form, which leads on to this address.
pub fn login_leading_to(next: &str, username: &str) -> Request {
    let fields = [("username", username), ("password", PASSWORD), ("next", next)];
    Request::post("/login").form(&fields).from_a_browser()
}

/// Exchanges a refresh token (RFC 6749 §6), and shows no other credential.
pub fn refresh(refresh_token: &str) -> Request {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    Request::post("/token").without_credential().form(&fields)
}

pub fn put_item(key: &str, value: &str) -> Request {
    put_body(key, &json!({"value": value}))
}

pub fn put_body(key: &str, body: &Value) -> Request {
    Request::put(format!("/items/{key}")).json(body)
}
