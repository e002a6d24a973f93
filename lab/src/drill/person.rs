//! A simulated user who is logged in, reads and writes.

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
/// Slower requests count as failed.
const PATIENCE: Duration = Duration::from_secs(5);
/// Every fourth request is a write; the others are reads.
const WRITES_EVERY: u64 = 4;

#[derive(Debug)]
pub(super) struct Person {
    target: Target,
    username: String,
    client: Client,
    turn: u64,
    /// The number of the last write that was answered.
    written: Option<u64>,
}

/// What a user still has after the drill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    Everything,
    /// Logged in, but the last answered write is lost.
    LessThanWritten,
    /// Logged out.
    Nothing,
    /// Unknown, because no answer came.
    Unknown,
}

impl Person {
    pub(super) async fn arrive(target: &Target) -> Result<Self> {
        let username = fresh::username("drill");
        let mut client = Client::new(target.clone(), "lab (drill)");
        let registered = client.send(Request::post("/register").json(&credentials(&username))).await?;
        ensure!(registered.status == 201, "{target} did not register an account: {}", registered.in_short());
        let login = client.send(Request::post("/login").json(&credentials(&username))).await?;
        ensure!(login.status == 200, "{target} refused the login: {}", login.in_short());
        Ok(Self { target: target.clone(), username, client, turn: 0, written: None })
    }

    /// Reads or writes, depending on the turn.
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

    /// Logs the same account in on a new device each time.
    pub(super) async fn log_in_elsewhere(&self) -> (What, Ended) {
        let mut device = Client::new(self.target.clone(), "lab (drill, elsewhere)");
        let login = Request::post("/login").json(&credentials(&self.username));
        (What::Login, answered(&mut device, &login, &[200]).await)
    }

    /// Checks whether the login and the last write still exist.
    pub(super) async fn look(&mut self) -> Left {
        let Ok(answer) = self.client.deliver(&Request::get("/mine")).await else { return Left::Unknown };
        match answer.status {
            401 => Left::Nothing,
            200 if self.kept(&answer.json().unwrap_or_default()) => Left::Everything,
            200 => Left::LessThanWritten,
            _ => Left::Unknown,
        }
    }

    /// A write without an answer may still have been stored, so a newer value is no loss.
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
            // Drops the connection, because a late answer could still arrive on it.
            *client = client.fork();
            Ended::Unanswered
        }
    }
}

fn credentials(username: &str) -> serde_json::Value {
    json!({"username": username, "password": PASSWORD})
}
