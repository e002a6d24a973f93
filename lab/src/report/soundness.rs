//! Whether a run may be believed: the limits stand in `benches/claims.toml`, beside the claims that would be decided by it.

use serde::Deserialize;

use super::{
    figures::{Figures, Quantity, mine},
    numbers::{IN_MICROSECONDS, percent, range, short},
};
use crate::results::statistics::Estimate;

/// When no time of a run is believed.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    same_within: f64,
    added: f64,
    added_within: f64,
    noisy_at_most: f64,
    launches_at_least: usize,
    rounds_at_least: usize,
}

/// What the two controls showed.
#[derive(Clone, Copy, Debug)]
pub struct Controls {
    /// The same server, measured twice: the second as a multiple of the first.
    pub same: Estimate,
    /// Nanoseconds that known work showed as.
    pub added: Estimate,
}

impl Controls {
    /// `None` if they were not measured.
    pub fn of(figures: Figures<'_>) -> Option<Self> {
        let bare = mine("bare");
        let same = figures.ratio(Quantity::ServerCpu, &mine("bare again"), &bare)?;
        let added = figures.difference(Quantity::ServerCpu, &mine("bare + 5 us"), &bare)?;
        Some(Self { same, added })
    }
}

impl Limits {
    /// Why nothing that was timed in this run should be believed; nothing if it can be.
    pub fn doubts(&self, figures: Figures<'_>) -> Vec<String> {
        let run = figures.0;
        let mut doubts = Vec::new();
        if run.finished.is_none() {
            doubts.push("it did not come to its end".to_owned());
        }
        let launches = run.rounds.iter().map(|round| round.launch + 1).max().unwrap_or_default();
        let launches = usize::try_from(launches).unwrap_or_default();
        if launches < self.launches_at_least || run.rounds.len() < self.rounds_at_least {
            let found = format!("{} and {}", counted(launches, "launch", "launches"), rounds(run.rounds.len()));
            doubts.push(format!("it is a rough one: {found} do not tell what is chance"));
        }
        let noisy = run.rounds.iter().filter(|round| round.is_noisy()).count();
        if real(noisy) > self.noisy_at_most * real(run.rounds.len()) {
            doubts.push(format!("{noisy} of {} were noisy", rounds(run.rounds.len())));
        }
        match Controls::of(figures) {
            Some(controls) => doubts.extend(self.failed(controls)),
            None => doubts.push("its controls were not measured".to_owned()),
        }
        doubts
    }

    fn failed(&self, Controls { same, added }: Controls) -> Vec<String> {
        let mut doubts = Vec::new();
        if same.low > 1.0 + self.same_within || same.high < 1.0 - self.same_within {
            let found = range(same, 1.0);
            doubts.push(format!("the same server, measured twice, differs by a factor of {found}"));
        }
        if (added.median - self.added).abs() > self.added_within {
            let (work, found) = (short(self.added * IN_MICROSECONDS), range(added, IN_MICROSECONDS));
            doubts.push(format!("{work} µs of added work showed as {found} µs"));
        }
        doubts
    }

    /// The limits in words.
    pub fn in_words(&self) -> String {
        format!(
            "A run is doubted, and no time of it decides anything, if it did not come to its end, if it has fewer than {} launches \
             or {} rounds, if more than {} of the rounds were noisy, if the same server measured twice differs by more than {} \
             for certain, or if {} µs of added work are not found to within {} µs.",
            self.launches_at_least,
            self.rounds_at_least,
            percent(self.noisy_at_most),
            percent(self.same_within),
            short(self.added * IN_MICROSECONDS),
            short(self.added_within * IN_MICROSECONDS),
        )
    }
}

fn rounds(count: usize) -> String {
    counted(count, "round", "rounds")
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

#[expect(clippy::cast_precision_loss, reason = "there are fewer rounds than 2^52")]
fn real(count: usize) -> f64 {
    count as f64
}
