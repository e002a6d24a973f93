//! Whether a run is sound. The limits are in `claims.toml`, next to the claims.

use authlab_results::{Metric, statistics::Estimate};
use serde::Deserialize;

use super::{
    figures::{Figures, mine},
    numbers::{IN_MICROSECONDS, percent, range, real, short},
};

/// The limits beyond which the run's times are in doubt.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    same_within: f64,
    added: f64,
    added_within: f64,
    noisy_at_most: f64,
    launches_at_least: usize,
    rounds_at_least: usize,
    samples_at_least: usize,
}

/// The results of the two controls.
#[derive(Clone, Copy, Debug)]
pub struct Controls {
    /// The same server, measured twice: the second result divided by the first.
    pub same: Estimate,
    /// The measured nanoseconds of a known amount of work.
    pub added: Estimate,
}

impl Controls {
    /// `None` if the controls were not measured.
    pub fn of(figures: Figures<'_>) -> Option<Self> {
        let bare = mine("bare");
        let same = figures.ratio(Metric::ServerCpu, &mine("bare again"), &bare)?;
        let added = figures.difference(Metric::ServerCpu, &mine("bare + 5 us"), &bare)?;
        Some(Self { same, added })
    }
}

impl Limits {
    /// The reasons why the run's times are in doubt; empty for a sound run.
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
        let Some(Controls { same, added }) = Controls::of(figures) else {
            doubts.push("its controls were not measured".to_owned());
            return doubts;
        };
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

    /// Why a time with so few samples decides nothing; `None` if there are enough.
    pub fn too_few(&self, samples: usize) -> Option<String> {
        let found = counted(samples, "sample tells", "samples tell");
        (samples < self.samples_at_least).then(|| format!("{found} nothing of chance"))
    }

    /// The limits in words.
    pub fn in_words(&self) -> String {
        format!(
            "A run is doubted, and no time of it decides anything, if it did not come to its end, if it has fewer than {} launches \
             or {} rounds, if more than {} of the rounds were noisy, if the same server measured twice differs by more than {} \
             for certain, or if {} µs of added work are not found to within {} µs. A time with fewer than {} samples decides nothing in any run.",
            self.launches_at_least,
            self.rounds_at_least,
            percent(self.noisy_at_most),
            percent(self.same_within),
            short(self.added * IN_MICROSECONDS),
            short(self.added_within * IN_MICROSECONDS),
            self.samples_at_least,
        )
    }
}

fn rounds(count: usize) -> String {
    counted(count, "round", "rounds")
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
