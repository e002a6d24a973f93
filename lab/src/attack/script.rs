//! The recording of a row: every exchange in order, with its sender. `--explain` prints it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::{client::answer::Answer, journey::transcript::Exchange};

/// The number of similar exchanges that are kept. Further ones are only counted.
const KEPT_OF_A_KIND: usize = 3;

/// One exchange, and the number of similar exchanges that followed.
#[derive(Clone, Debug, Serialize)]
pub struct Act {
    /// `victim`, `thief`, `other site`, …
    pub who: &'static str,
    pub exchange: Exchange,
    /// Further exchanges with the same request and the same status, which are not kept.
    pub and_more: usize,
}

/// Shared by all clients of a row.
#[derive(Clone, Debug, Default)]
pub struct Script(Arc<Mutex<Noted>>);

/// The recording of a finished row.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    pub acts: Vec<Act>,
    pub requests: usize,
    /// The first answer that was a server fault.
    pub fault: Option<String>,
}

impl Script {
    pub(super) fn note(&self, who: &'static str, answer: &Answer) {
        // The contract defines 501 and 503, so they are no faults.
        let fault = answer.status >= 500 && !matches!(answer.status, 501 | 503);
        self.add(who, answer.exchange(), fault.then(|| answer.in_short()));
    }

    pub(super) fn add(&self, who: &'static str, exchange: Exchange, fault: Option<String>) {
        let mut noted = self.lock();
        noted.requests += 1;
        noted.fault = noted.fault.take().or(fault);
        let alike = |act: &&mut Act| act.who == who && is_alike(&act.exchange, &exchange);
        let kept = noted.acts.iter().filter(|act| act.who == who && is_alike(&act.exchange, &exchange)).count();
        match noted.acts.iter_mut().rfind(alike) {
            Some(last) if kept >= KEPT_OF_A_KIND => last.and_more += 1,
            _ => noted.acts.push(Act { who, exchange, and_more: 0 }),
        }
    }

    pub(super) fn finish(&self) -> Noted {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_alike(one: &Exchange, other: &Exchange) -> bool {
    one.method == other.method && one.path == other.path && one.status == other.status
}
