//! The clients of a journey at one target: an account with two devices, and later a thief.

use anyhow::Result;
use authlab_client::{
    Client, about::About, answer::Answer, expect::Failure, fresh, recording::Exchange, request::Request, shortened,
    target::Target,
};

use super::{
    scenarios::Step,
    transcript::{StepOutcome, StepVerdict},
};

#[derive(Debug)]
pub(super) struct TargetRun {
    pub(super) username: String,
    pub(super) first: Client,
    pub(super) second: Client,
    /// A copy of the first device's credential, taken just before the logout.
    pub(super) thief: Option<Client>,
    /// The target's `/about`; `None` until the journey has asked for it.
    pub(super) about: Option<About>,
    /// The exchanges of the current step.
    exchanges: Vec<Exchange>,
    /// Failed steps; later steps that need one of them are skipped.
    failed: Vec<&'static str>,
}

/// The device that sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Device {
    First,
    Second,
    Thief,
}

impl TargetRun {
    pub(super) async fn connect(target: &Target) -> Result<Self> {
        let mut first = Client::new(target.clone(), "lab (first device)");
        first.connect().await?;
        Ok(Self {
            username: fresh::username("alice"),
            first,
            second: Client::new(target.clone(), "lab (second device)"),
            thief: None,
            about: None,
            exchanges: Vec::new(),
            failed: Vec::new(),
        })
    }

    pub(super) async fn step(&mut self, step: &Step) -> StepOutcome {
        let verdict = match step.needs.iter().find(|needed| self.failed.contains(needed)) {
            Some(needed) => StepVerdict::Skipped(format!("it builds on the step `{needed}`, which did not succeed")),
            None => (step.check)(self).await.unwrap_or_else(|failure| StepVerdict::Breach(failure.to_string())),
        };
        if verdict.is_breach() {
            self.failed.push(step.id);
        }
        StepOutcome {
            exchanges: std::mem::take(&mut self.exchanges),
            client_holds: self.first.holds(),
            server_keeps: self.server_keeps().await,
            verdict,
        }
    }

    /// Sends a request and records the exchange.
    pub(super) async fn ask(&mut self, device: Device, request: Request) -> Result<Answer, Failure> {
        let client = match device {
            Device::First => &mut self.first,
            Device::Second => &mut self.second,
            Device::Thief => self.thief.get_or_insert_with(|| self.first.fork()),
        };
        let answer = client.send(request).await?;
        self.record(&answer);
        Ok(answer)
    }

    pub(super) fn record(&mut self, answer: &Answer) {
        self.exchanges.push(answer.exchange());
    }

    pub(super) fn about(&self) -> Result<&About, Failure> {
        self.about.as_ref().ok_or_else(|| Failure::new("the answer of GET /about", "no answer to GET /about"))
    }

    /// Asks with the thief's copy once there is one, because the logged-out device has no credential.
    async fn server_keeps(&mut self) -> Option<serde_json::Value> {
        let asker = self.thief.as_mut().unwrap_or(&mut self.first);
        let answer = asker.deliver(&Request::get("/mine/record")).await.ok()?;
        let record = answer.json().filter(|_| answer.status == 200)?;
        Some(shortened::value(record))
    }
}
