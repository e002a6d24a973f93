//! The recorded exchanges of an attack, which `lab attack --explain` prints.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use authlab_client::{
    answer::Answer,
    recording::{Exchange, ExchangeRecorder},
};

/// Of exchanges that differ only in what was tried, so many are kept. The rest are counted.
const MAX_ALIKE: usize = 3;

/// One exchange, and the number of similar exchanges after it.
#[derive(Clone, Debug)]
pub struct RecordedExchange {
    /// `victim`, `thief`, `other site`, …
    pub who: &'static str,
    pub exchange: Exchange,
    /// Further exchanges with the same request line and status. They are counted and not kept.
    pub and_more: usize,
}

/// A recording in progress. All parties of an attack share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Recording(Arc<Mutex<Recorded>>);

/// A finished recording.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorded {
    pub(super) exchanges: Vec<RecordedExchange>,
    pub(super) requests: usize,
    /// The first answer that was a fault of the server.
    pub(super) fault: Option<String>,
}

impl ExchangeRecorder for Recording {
    fn record(&self, who: &'static str, answer: &Answer) {
        // 501 and 503 are answers of the contract, not faults.
        let fault = answer.status >= 500 && !matches!(answer.status, 501 | 503);
        self.add(who, answer.exchange(), fault.then(|| answer.in_short()));
    }
}

impl Recording {
    pub(super) fn add(&self, who: &'static str, exchange: Exchange, fault: Option<String>) {
        let mut recorded = self.lock();
        recorded.requests += 1;
        recorded.fault = recorded.fault.take().or(fault);
        let mut alike: Vec<&mut RecordedExchange> = recorded
            .exchanges
            .iter_mut()
            .filter(|kept| kept.who == who && is_alike(&kept.exchange, &exchange))
            .collect();
        if alike.len() >= MAX_ALIKE {
            alike[MAX_ALIKE - 1].and_more += 1;
        } else {
            recorded.exchanges.push(RecordedExchange { who, exchange, and_more: 0 });
        }
    }

    pub(super) fn finish(&self) -> Recorded {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_alike(one: &Exchange, other: &Exchange) -> bool {
    one.method == other.method && one.path == other.path && one.status == other.status
}
