//! Measures how soon every replica refuses an ended login.
//!
//! A client logs in at the first replica, and copies of its credential work at all others. Then the login is ended at
//! the first replica, and all others are asked until they refuse the copy.

pub mod terminal;

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    client::{
        Client,
        about::{About, Can},
        fresh,
        request::Request,
    },
    target::Target,
};

/// The contract's limit until every instance knows.
pub const ONE_SECOND: Duration = Duration::from_secs(1);
/// The maximum wait. A replica that still accepts the copy counts as not informed.
const PATIENCE: Duration = Duration::from_secs(5);
/// The interval between two requests, which is the resolution of the measurement.
const PAUSE: Duration = Duration::from_millis(10);
const NAME: &str = "lab (endings)";
const PASSWORD: &str = "correct horse battery staple";
const NEW_PASSWORD: &str = "incorrect zebra battery staple";

/// A way to end a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `POST /logout`
    Logout,
    /// `DELETE /logins/{id}`, sent by another login of the account
    OneLogin,
    /// `DELETE /logins`
    AllLogins,
    /// `DELETE /logins?except=current`, sent by another login of the account
    OtherLogins,
    /// `POST /password`, which ends all other logins
    Password,
    /// `POST /password` at another service that shares the accounts
    PasswordElsewhere,
}

/// How long one replica accepted copies of logins that were ended in one way.
#[derive(Clone, Debug)]
pub struct Heard {
    pub way: Way,
    pub replica: String,
    /// By round, measured from the first replica's answer; `None` if the copy was accepted until the timeout.
    pub after: Vec<Option<Duration>>,
}

impl Heard {
    /// Whether the replica knew of every ending within the contract's limit.
    pub fn in_time(&self) -> bool {
        self.after.iter().all(|after| after.is_some_and(|after| after <= ONE_SECOND))
    }
}

impl Way {
    const ALL: [Self; 6] =
        [Self::Logout, Self::OneLogin, Self::AllLogins, Self::OtherLogins, Self::Password, Self::PasswordElsewhere];

    pub fn name(self) -> &'static str {
        match self {
            Self::Logout => "POST /logout",
            Self::OneLogin => "DELETE /logins/{id}",
            Self::AllLogins => "DELETE /logins",
            Self::OtherLogins => "DELETE /logins?except=current",
            Self::Password => "POST /password",
            Self::PasswordElsewhere => "POST /password at another service",
        }
    }

    fn is_possible(self, can: Can, elsewhere: Option<&Target>) -> bool {
        match self {
            Self::Logout | Self::Password => true,
            Self::OneLogin => can.revoke_login,
            Self::AllLogins | Self::OtherLogins => can.revoke_all,
            Self::PasswordElsewhere => elsewhere.is_some(),
        }
    }

    /// Ends the owner's login.
    async fn end(self, owner: &mut Client, account: &Value, first: &Target, elsewhere: Option<&Target>) -> Result<()> {
        let password = Request::post("/password").json(&json!({"current": PASSWORD, "new": NEW_PASSWORD}));
        let answer = match self {
            Self::Logout => owner.send(Request::post("/logout")).await?,
            Self::AllLogins => owner.send(Request::delete("/logins")).await?,
            // Another login changes the password, because the sender's login gets a fresh credential that no replica
            // has a copy of.
            Self::Password => log_in(first, account).await?.send(password).await?,
            Self::OtherLogins => log_in(first, account).await?.send(Request::delete("/logins?except=current")).await?,
            Self::OneLogin => {
                let path = format!("/logins/{}", current_login(owner).await?);
                log_in(first, account).await?.send(Request::delete(path)).await?
            }
            Self::PasswordElsewhere => {
                let elsewhere = elsewhere.context("name the other service with --elsewhere")?;
                log_in(elsewhere, account).await?.send(password).await?
            }
        };
        ensure!(answer.status < 300, "{} is refused: {}", self.name(), answer.in_short());
        Ok(())
    }
}

/// Ends `rounds` logins in every way that the mechanism supports. Returns the delays of each replica except the first,
/// which was asked. `elsewhere` is another service that shares the accounts; endings there reach the first replica like
/// the others.
pub async fn measure(replicas: &[Target], elsewhere: Option<&Target>, rounds: usize) -> Result<Vec<Heard>> {
    let (first, others) = replicas.split_first().context("give at least two replicas with --target")?;
    ensure!(!others.is_empty(), "give at least two replicas with --target");
    let can = about(first).await?.can;
    let mut heard = Vec::new();
    for way in Way::ALL.into_iter().filter(|way| way.is_possible(can, elsewhere)) {
        let asked = if way == Way::PasswordElsewhere { replicas } else { others };
        let mut at_each = vec![Vec::with_capacity(rounds); asked.len()];
        for _ in 0..rounds {
            for (at, after) in at_each.iter_mut().zip(end_one((first, asked), elsewhere, way).await?) {
                at.push(after);
            }
        }
        let each = asked.iter().zip(at_each);
        heard.extend(each.map(|(replica, after)| Heard { way, replica: replica.name.clone(), after }));
    }
    Ok(heard)
}

async fn end_one(
    (first, asked): (&Target, &[Target]),
    elsewhere: Option<&Target>,
    way: Way,
) -> Result<Vec<Option<Duration>>> {
    let account = register(first).await?;
    let mut owner = log_in(first, &account).await?;
    let copies: Vec<Client> = asked.iter().map(|replica| owner.fork_at(replica.clone())).collect();
    let known = copies.into_iter().zip(asked).map(|(mut copy, replica)| async move {
        let status = copy.deliver(&Request::get("/mine")).await?.status;
        ensure!(status == 200, "{replica} answers {status} to a login of {first}: are they replicas?");
        anyhow::Ok(copy)
    });
    let copies = try_join_all(known).await?;
    way.end(&mut owner, &account, first, elsewhere).await?;
    let ended = Instant::now();
    try_join_all(copies.into_iter().map(|copy| until_refused(copy, ended))).await
}

/// The id of the client's current login.
async fn current_login(client: &mut Client) -> Result<String> {
    let answer = client.send(Request::get("/logins")).await?;
    let listed: Value = serde_json::from_slice(&answer.body)?;
    let logins = listed["logins"].as_array().context("logins are listed")?;
    let current = logins.iter().find(|login| login["current"] == true).context("one of them is the current one")?;
    Ok(current["id"].as_str().context("a login has an id")?.to_owned())
}

async fn until_refused(mut copy: Client, ended: Instant) -> Result<Option<Duration>> {
    while ended.elapsed() < PATIENCE {
        if copy.deliver(&Request::get("/mine")).await?.status == 401 {
            return Ok(Some(ended.elapsed()));
        }
        sleep(PAUSE).await;
    }
    Ok(None)
}

/// Registers a new account and returns its username and password.
async fn register(target: &Target) -> Result<Value> {
    let account = json!({"username": fresh::username("ending"), "password": PASSWORD});
    accepted(target, &mut Client::new(target.clone(), NAME), "/register", &account, 201).await?;
    Ok(account)
}

async fn log_in(target: &Target, account: &Value) -> Result<Client> {
    let mut client = Client::new(target.clone(), NAME);
    accepted(target, &mut client, "/login", account, 200).await?;
    Ok(client)
}

async fn accepted(target: &Target, client: &mut Client, path: &str, account: &Value, status: u16) -> Result<()> {
    let answer = client.send(Request::post(path).json(account)).await?;
    ensure!(answer.status == status, "{target}: expected {status}; came {}", answer.in_short());
    Ok(())
}

async fn about(target: &Target) -> Result<About> {
    let answer = Client::new(target.clone(), NAME).send(Request::get("/about")).await?;
    serde_json::from_slice(&answer.body).with_context(|| format!("{target} does not describe itself at /about"))
}
