//! The context of a clause: the target, its `/about`, and new users.

use anyhow::Result;
use authlab_client::{
    Client,
    about::About,
    answer::Answer,
    expect::Failure,
    fresh,
    request::Request,
    target::Target,
    visitor::{LoginWith, Visitor, registration},
};

#[derive(Debug)]
pub struct Context {
    target: Target,
    about: Result<About, Failure>,
}

impl Context {
    /// Reads `/about`. Fails only if the target cannot be reached.
    pub async fn connect(target: &Target) -> Result<Self> {
        let mut client = Client::new(target.clone(), "lab");
        client.connect().await?;
        Ok(Self { target: target.clone(), about: client.about().await })
    }

    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The target's `/about`. A clause that needs it fails if the target does not answer correctly.
    pub fn about(&self) -> Result<&About, Failure> {
        self.about.as_ref().map_err(Clone::clone)
    }

    /// A client without a credential.
    pub fn client(&self) -> Client {
        Client::new(self.target.clone(), "lab (conformance)")
    }

    /// Sends one request from a client without a credential.
    pub async fn ask(&self, request: Request) -> Result<Answer, Failure> {
        self.client().ask(request).await
    }

    /// Each of these requests, from a client without a credential, is answered with this problem.
    pub(super) async fn refuses(
        &self,
        requests: impl IntoIterator<Item = Request>,
        (status, slug): (u16, &str),
    ) -> Result<(), Failure> {
        for request in requests {
            self.ask(request).await?.is_problem(status, slug)?;
        }
        Ok(())
    }

    /// Registers an account and returns its username.
    pub async fn account(&self) -> Result<String, Failure> {
        let username = fresh::username("conform");
        self.ask(registration(&username)).await?.is(201)?;
        Ok(username)
    }

    /// Registers an account and logs in with JSON.
    pub async fn someone(&self) -> Result<Visitor, Failure> {
        self.someone_with(LoginWith::Json).await
    }

    /// Registers an account and logs in with the form, as a browser does. The credential is a cookie.
    pub async fn in_a_browser(&self) -> Result<Visitor, Failure> {
        self.someone_with(LoginWith::Form).await
    }

    /// Registers an account and logs in this way.
    pub async fn someone_with(&self, with: LoginWith<'_>) -> Result<Visitor, Failure> {
        Visitor::log_in(self.client(), &self.account().await?, with).await
    }

    /// Registers an account, logs in with JSON, and writes this item.
    pub(super) async fn someone_who_wrote(&self, key: &str, value: &str) -> Result<Visitor, Failure> {
        let mut someone = self.someone().await?;
        someone.store(key, value).await?;
        Ok(someone)
    }

    /// Another login of the same account, on another device.
    pub async fn elsewhere(&self, someone: &Visitor) -> Result<Visitor, Failure> {
        let device = Client::new(self.target.clone(), "lab (elsewhere)");
        Visitor::log_in(device, &someone.username, LoginWith::Json).await
    }

    /// Logs this client in with a new account. It shows what it holds already.
    pub async fn login(&self, client: Client) -> Result<Visitor, Failure> {
        Visitor::log_in(client, &self.account().await?, LoginWith::Json).await
    }
}
