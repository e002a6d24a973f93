//! Measures how soon every replica refuses an ended login.
//!
//! A client logs in at the first replica, and copies of its credential work at all others. Then the login is ended at
//! the first replica, and all others are asked until they refuse the copy.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use authlab_client::{
    Client,
    about::Can,
    fresh,
    request::Request,
    target::Target,
    visitor::{LoginWith, Visitor},
};
use authlab_terminal::Look;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use futures_util::future::try_join_all;
use tokio::time::{Instant, sleep};

use crate::table::table;

/// The contract's limit until every instance knows.
pub const ONE_SECOND: Duration = Duration::from_secs(1);
/// The maximum wait. A replica that still accepts the copy counts as not informed.
const REPLICA_TIMEOUT: Duration = Duration::from_secs(5);
/// The interval between two requests, which is the resolution of the measurement.
const POLL_INTERVAL: Duration = Duration::from_millis(10);
const NAME: &str = "lab (endings)";

/// A way to end a login: see [`Way::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Logout,
    OneLogin,
    AllLogins,
    OtherLogins,
    Password,
    PasswordElsewhere,
}

/// How long one replica accepted copies of logins that were ended in one way.
#[derive(Clone, Debug)]
pub struct Heard {
    /// How the logins were ended, such as `POST /logout`.
    pub way: &'static str,
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

    fn name(self) -> &'static str {
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
    async fn end(self, owner: &mut Visitor, first: &Target, elsewhere: Option<&Target>) -> Result<()> {
        let other = |at| log_in(at, &owner.username);
        let answer = match self {
            Self::Logout => owner.log_out().await?,
            Self::AllLogins => owner.ask(Request::delete("/logins")).await?,
            // Another login changes the password, because the sender's login gets a fresh credential that no replica
            // has a copy of.
            Self::Password => other(first).await?.change_password().await?,
            Self::OtherLogins => other(first).await?.ask(Request::delete("/logins?except=current")).await?,
            Self::OneLogin => {
                let path = format!("/logins/{}", owner.login_id().await?);
                log_in(first, &owner.username).await?.ask(Request::delete(path)).await?
            }
            Self::PasswordElsewhere => {
                let elsewhere = elsewhere.context("name the other service with --elsewhere")?;
                other(elsewhere).await?.change_password().await?
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
    let can = Client::new(first.clone(), NAME).about().await.with_context(|| format!("cannot ask {first}"))?.can;
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
        heard.extend(each.map(|(replica, after)| Heard { way: way.name(), replica: replica.name.clone(), after }));
    }
    Ok(heard)
}

async fn end_one(
    (first, asked): (&Target, &[Target]),
    elsewhere: Option<&Target>,
    way: Way,
) -> Result<Vec<Option<Duration>>> {
    let mut owner = log_in(first, &fresh::username("ending")).await?;
    let copies: Vec<Client> = asked.iter().map(|replica| owner.client.fork_at(replica.clone())).collect();
    let known = copies.into_iter().zip(asked).map(|(mut copy, replica)| async move {
        let status = copy.deliver(&Request::get("/mine")).await?.status;
        ensure!(status == 200, "{replica} answers {status} to a login of {first}: are they replicas?");
        anyhow::Ok(copy)
    });
    let copies = try_join_all(known).await?;
    way.end(&mut owner, first, elsewhere).await?;
    let ended = Instant::now();
    try_join_all(copies.into_iter().map(|copy| until_refused(copy, ended))).await
}

async fn until_refused(mut copy: Client, ended: Instant) -> Result<Option<Duration>> {
    while ended.elapsed() < REPLICA_TIMEOUT {
        if copy.deliver(&Request::get("/mine")).await?.status == 401 {
            return Ok(Some(ended.elapsed()));
        }
        sleep(POLL_INTERVAL).await;
    }
    Ok(None)
}

/// Registers a new account and returns its username and password.
async fn log_in(target: &Target, username: &str) -> Result<Visitor> {
    let visitor = Visitor::register(Client::new(target.clone(), NAME), username, LoginWith::Json).await;
    visitor.with_context(|| format!("cannot log in at {target}"))
}

/// The delays of each replica, for a terminal.
pub fn render(heard: &[Heard], look: Look) -> String {
    let header = ["ended by", "replica", "endings", "heard after: median", "at most", "within a second"];
    let mut table = table(look, UTF8_FULL_CONDENSED, header);
    for heard in heard {
        let mut after: Vec<_> = heard.after.iter().map(|after| after.unwrap_or(Duration::MAX)).collect();
        after.sort_unstable();
        table.add_row([
            heard.way.to_owned(),
            heard.replica.clone(),
            after.len().to_string(),
            shown(after.get(after.len() / 2)),
            shown(after.last()),
            if heard.in_time() { "yes" } else { "no" }.to_owned(),
        ]);
    }
    table.to_string()
}

fn shown(after: Option<&Duration>) -> String {
    match after {
        Some(&Duration::MAX) => "not at all".to_owned(),
        Some(after) => format!("{} ms", after.as_millis()),
        None => String::new(),
    }
}
