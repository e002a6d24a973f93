//! One who is logged in and goes on reading and writing.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::time::timeout;

use crate::{
    client::{Client, fresh, request::Request},
    target::Target,
};

use super::tally::{Ended, What};

const PASSWORD: &str = "correct horse battery staple";
/// Longer nobody waits for a page.
const PATIENCE: Duration = Duration::from_secs(5);
/// One write, then this many reads less one.
const WRITES_EVERY: u64 = 4;

#[derive(Debug)]
pub(super) struct Person {
    target: Target,
    username: String,
    client: Client,
    turn: u64,
    /// The last turn in which a write was answered.
    written: Option<u64>,
}

/// What one of them finds when all is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    Everything,
    /// Logged in, but without what was the last answered write.
    LessThanWritten,
    /// Not logged in any more.
    Nothing,
    /// Nobody can tell: there is no answer that says it.
    Unknown,
}

impl Person {
    pub(super) async fn arrive(target: &Target) -> Result<Self> {
        let username = fresh::username("drill");
        let mut client = Client::new(target.clone(), "lab (drill)");
        let registered = client.send(Request::post("/register").json(&credentials(&username))).await?;
        ensure!(registered.status == 201, "{target} makes no account: {}", registered.in_short());
        let login = client.send(Request::post("/login").json(&credentials(&username))).await?;
        ensure!(login.status == 200, "{target} lets nobody in: {}", login.in_short());
        Ok(Self { target: target.clone(), username, client, turn: 0, written: None })
    }

    /// Reads or writes, as it is their turn.
    pub(super) async fn ask(&mut self) -> (What, Ended) {
        self.turn += 1;
        if self.turn % WRITES_EVERY != 1 {
            return (What::Read, answered(&mut self.client, &Request::get("/mine"), &[200]).await);
        }
        let write = Request::put("/items/turn").json(&json!({"value": self.turn.to_string()}));
        let ended = answered(&mut self.client, &write, &[200, 204]).await;
        if ended == Ended::Well {
            self.written = Some(self.turn);
        }
        (What::Write, ended)
    }

    /// The same account logs in on a device that is new each time.
    pub(super) async fn log_in_elsewhere(&self) -> (What, Ended) {
        let mut device = Client::new(self.target.clone(), "lab (drill, elsewhere)");
        let login = Request::post("/login").json(&credentials(&self.username));
        (What::Login, answered(&mut device, &login, &[200]).await)
    }

    /// Looks what is left of the login and of the writes.
    pub(super) async fn look(&mut self) -> Left {
        let Ok(answer) = self.client.deliver(&Request::get("/mine")).await else { return Left::Unknown };
        match answer.status {
            401 => Left::Nothing,
            200 if self.kept(&answer.json().unwrap_or_default()) => Left::Everything,
            200 => Left::LessThanWritten,
            _ => Left::Unknown,
        }
    }

    /// A write that was not answered may have been kept all the same, so that more than was answered is no loss.
    fn kept(&self, mine: &serde_json::Value) -> bool {
        let there = mine["items"]["turn"].as_str().and_then(|turn| turn.parse().ok());
        there >= self.written
    }
}

async fn answered(client: &mut Client, request: &Request, well: &[u16]) -> Ended {
    match timeout(PATIENCE, client.deliver(request)).await {
        Ok(Ok(answer)) if well.contains(&answer.status) => {
            client.keep(&answer);
            Ended::Well
        }
        Ok(Ok(answer)) => Ended::Refused(answer.status),
        Ok(Err(_)) | Err(_) => {
            // Without the connection, on which an answer may still be under way.
            *client = client.fork();
            Ended::Unanswered
        }
    }
}

fn credentials(username: &str) -> serde_json::Value {
    json!({"username": username, "password": PASSWORD})
}
