//! One simulated user, who is logged in, reads and writes.

use std::time::Duration;

use anyhow::{Context as _, Result};
use authlab_client::{
    Client, fresh,
    request::Request,
    target::Target,
    visitor::{LoginWith, PASSWORD, Visitor, put_item},
};
use tokio::time::timeout;

use super::{
    report::TargetOutcome,
    tally::{RequestResult, What},
};

/// A slower request counts as failed.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// Of so many requests, the first is a write and the others are reads.
const WRITE_INTERVAL: u64 = 4;

#[derive(Debug)]
pub(super) struct SimulatedUser {
    visitor: Visitor,
    turn: u64,
    /// The turn of the last successful write.
    written: Option<u64>,
}

impl SimulatedUser {
    pub(super) async fn log_in(target: &Target) -> Result<Self> {
        let client = Client::new(target.clone(), "lab (drill)");
        let visitor = Visitor::register(client, &fresh::username("drill"), LoginWith::Json).await;
        let visitor = visitor.with_context(|| format!("cannot log in at {target}"))?;
        Ok(Self { visitor, turn: 0, written: None })
    }

    /// Reads or writes, whichever is next.
    pub(super) async fn ask(&mut self) -> (What, RequestResult) {
        self.turn += 1;
        if self.turn % WRITE_INTERVAL != 1 {
            return (What::Read, answered(&mut self.visitor.client, &Request::get("/mine"), &[200]).await);
        }
        let write = put_item("turn", &self.turn.to_string());
        let ended = answered(&mut self.visitor.client, &write, &[200, 204]).await;
        if ended == RequestResult::Well {
            self.written = Some(self.turn);
        }
        (What::Write, ended)
    }

    /// Logs the same account in on a new device.
    pub(super) async fn log_in_elsewhere(&self) -> (What, RequestResult) {
        let mut device = Client::new(self.visitor.client.target().clone(), "lab (drill, elsewhere)");
        let login = LoginWith::Json.request(&self.visitor.username, PASSWORD);
        (What::Login, answered(&mut device, &login, &[200]).await)
    }

    /// Looks for the login and the last successful write, and counts what is lost.
    pub(super) async fn look(&mut self, outcome: &mut TargetOutcome) {
        let answer = self.visitor.client.deliver(&Request::get("/mine")).await;
        match answer.map(|answer| (answer.status, answer.json().unwrap_or_default())) {
            Ok((401, _)) => outcome.logins_lost += 1,
            Ok((200, mine)) => outcome.writes_lost += usize::from(!self.kept(&mine)),
            _ => outcome.not_served += 1,
        }
    }

    /// A write without an answer may have been stored. So a later value than the last successful write is no loss.
    fn kept(&self, mine: &serde_json::Value) -> bool {
        let there = mine["items"]["turn"].as_str().and_then(|turn| turn.parse().ok());
        there >= self.written
    }
}

async fn answered(client: &mut Client, request: &Request, well: &[u16]) -> RequestResult {
    match timeout(REQUEST_TIMEOUT, client.deliver(request)).await {
        Ok(Ok(answer)) if well.contains(&answer.status) => {
            client.keep(&answer);
            RequestResult::Well
        }
        Ok(Ok(answer)) => RequestResult::Refused(answer.status),
        Ok(Err(_)) | Err(_) => {
            // A late answer may still come on the old connection, so it is not used again.
            *client = client.fork();
            RequestResult::Unanswered
        }
    }
}
