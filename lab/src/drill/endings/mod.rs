//! How soon every replica knows that a login has ended.
//!
//! A client logs in at the first replica, and copies of its credential are accepted at all others. The login is ended at the first
//! replica, and all others are asked until they refuse the copy.

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

/// What the contract allows until every instance knows.
pub const ONE_SECOND: Duration = Duration::from_secs(1);
/// A replica that has not heard of it by then never will.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two questions: what is measured is not finer than this.
const PAUSE: Duration = Duration::from_millis(10);
const NAME: &str = "lab (endings)";
const PASSWORD: &str = "correct horse battery staple";
const NEW_PASSWORD: &str = "incorrect zebra battery staple";

/// How a login is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `POST /logout`
    Logout,
    /// `DELETE /logins/{id}`, by another login of the account
    OneLogin,
    /// `DELETE /logins`
    AllLogins,
    /// `DELETE /logins?except=current`, by another login of the account
    OtherLogins,
    /// `POST /password`, which ends all others
    Password,
    /// The same at another service that shares the accounts
    PasswordElsewhere,
}

/// How long one replica took copies of logins that were ended one way.
#[derive(Clone, Debug)]
pub struct Heard {
    pub way: Way,
    pub replica: String,
    /// By round, from the answer of the first replica; `None` where it was taken until nobody waited any longer.
    pub after: Vec<Option<Duration>>,
}

impl Heard {
    /// Whether it heard of every ending within the time of the contract.
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
            // Another login of the account: the owner's own goes on with a fresh credential, of which no replica has a copy.
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

/// Ends a login in every way that the mechanism has, so many times, and says what each replica made of it: every one but the first, which
/// was asked. `elsewhere` is another service that shares the accounts; what ends there, the first replica hears of like the others.
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
        ensure!(status == 200, "{replica} does not know a login of {first}, but answers {status}: are they replicas?");
        anyhow::Ok(copy)
    });
    let copies = try_join_all(known).await?;
    way.end(&mut owner, &account, first, elsewhere).await?;
    let ended = Instant::now();
    try_join_all(copies.into_iter().map(|copy| until_refused(copy, ended))).await
}

/// The id of the client's own login.
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

/// The credentials of a new account.
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
    serde_json::from_slice(&answer.body).with_context(|| format!("{target} does not say what it can"))
}
