//! How soon every replica knows that a login has ended.
//!
//! Somebody logs in at the first replica and is known at all others, by a copy of what was handed out. The login is ended at the
//! first one, and all others are asked until they refuse the copy.

pub mod terminal;

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    client::{Client, about::About, fresh, request::Request},
    target::Target,
};

/// What the contract allows until every instance knows.
pub const ONE_SECOND: Duration = Duration::from_secs(1);
/// A replica that has not heard of it by then never will.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two questions: what is measured is not finer than this.
const PAUSE: Duration = Duration::from_millis(10);
const PASSWORD: &str = "correct horse battery staple";
const NEW_PASSWORD: &str = "incorrect zebra battery staple";

/// How a login is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `POST /logout`
    Logout,
    /// `POST /password`, which ends all others
    Password,
    /// `DELETE /logins`
    AllLogins,
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
    const ALL: [Self; 3] = [Self::Logout, Self::Password, Self::AllLogins];

    pub fn name(self) -> &'static str {
        match self {
            Self::Logout => "POST /logout",
            Self::Password => "POST /password",
            Self::AllLogins => "DELETE /logins",
        }
    }

    fn request(self) -> Request {
        match self {
            Self::Logout => Request::post("/logout"),
            Self::Password => Request::post("/password").json(&json!({"current": PASSWORD, "new": NEW_PASSWORD})),
            Self::AllLogins => Request::delete("/logins"),
        }
    }
}

/// Ends a login in every way that the mechanism has, so many times, and says what each replica but the first made of it.
pub async fn measure(replicas: &[Target], rounds: usize) -> Result<Vec<Heard>> {
    let (first, others) = replicas.split_first().context("give at least two replicas with --target")?;
    ensure!(!others.is_empty(), "give at least two replicas with --target");
    let can_end_all = about(first).await?.can.revoke_all;
    let mut heard = Vec::new();
    for way in Way::ALL.into_iter().filter(|way| *way != Way::AllLogins || can_end_all) {
        let mut at_each = vec![Vec::with_capacity(rounds); others.len()];
        for _ in 0..rounds {
            for (at, after) in at_each.iter_mut().zip(end_one(first, others, way).await?) {
                at.push(after);
            }
        }
        let each = others.iter().zip(at_each);
        heard.extend(each.map(|(replica, after)| Heard { way, replica: replica.name.clone(), after }));
    }
    Ok(heard)
}

async fn end_one(first: &Target, others: &[Target], way: Way) -> Result<Vec<Option<Duration>>> {
    let mut owner = log_in(first).await?;
    let copies: Vec<Client> = others.iter().map(|other| owner.fork_at(other.clone())).collect();
    let known = copies.into_iter().zip(others).map(|(mut copy, other)| async move {
        let status = copy.deliver(&Request::get("/mine")).await?.status;
        ensure!(status == 200, "{other} does not know a login of {first}, but answers {status}: are they replicas?");
        anyhow::Ok(copy)
    });
    let copies = try_join_all(known).await?;
    let ended = owner.send(way.request()).await?;
    ensure!(ended.status < 300, "{first} does not end the login: {}", ended.in_short());
    let ended = Instant::now();
    try_join_all(copies.into_iter().map(|copy| until_refused(copy, ended))).await
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

async fn log_in(target: &Target) -> Result<Client> {
    let mut client = Client::new(target.clone(), "lab (endings)");
    let credentials = json!({"username": fresh::username("ending"), "password": PASSWORD});
    for (path, status) in [("/register", 201), ("/login", 200)] {
        let answer = client.send(Request::post(path).json(&credentials)).await?;
        ensure!(answer.status == status, "{target}: expected {status}; came {}", answer.in_short());
    }
    Ok(client)
}

async fn about(target: &Target) -> Result<About> {
    let answer = Client::new(target.clone(), "lab (endings)").send(Request::get("/about")).await?;
    serde_json::from_slice(&answer.body).with_context(|| format!("{target} does not say what it can"))
}
