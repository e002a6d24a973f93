//! The verdicts of a run, small enough to be compiled into the lab's page, and readable by other programs.

use std::sync::LazyLock;

use anyhow::Result;
use authlab_results::{Control, Verdict, attacks::AttackTable};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    claims::{DecidedClaim, decide, rule::RULES},
    figures::Figures,
    material::Material,
    numbers::short,
};

/// The file that `lab report` writes, relative to the repository's root.
pub const FILE: &str = "lab/report/verdicts.json";

/// The verdicts compiled into this program; `None` before the first run.
pub static KEPT: LazyLock<Verdicts> =
    LazyLock::new(|| serde_json::from_str(include_str!("../verdicts.json")).expect("a test reads verdicts.json"));

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Verdicts {
    /// The run's file under `benches/results`.
    pub run: String,
    pub started: Timestamp,
    pub command: String,
    pub processor: String,
    /// Why the run's times are in doubt; empty for a sound run.
    pub doubts: Vec<String>,
    /// Controls that failed without putting the times in doubt.
    pub cautions: Vec<String>,
    pub claims: Vec<DecidedClaim>,
    /// The attack table that decided some of the claims.
    pub attacks: Option<AttackTable>,
}

impl Verdicts {
    pub fn of(material: &Material) -> Self {
        let run = &material.run;
        Self {
            run: material.file.clone(),
            started: run.started,
            command: run.command.clone(),
            processor: run.machine.processor.clone(),
            doubts: RULES.run.doubts(Figures(run)),
            cautions: run.controls.iter().filter(|control| !control.holds()).map(failed).collect(),
            claims: decide(run, material.attacks.as_ref()),
            attacks: material.attacks.clone(),
        }
    }

    /// The content of the file.
    pub fn file(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The course's sentences in order, each with its verdict and its parts, which follow each other.
    pub fn sentences(&self) -> impl Iterator<Item = (&str, Verdict, &[DecidedClaim])> {
        self.claims.chunk_by(|one, next| one.part_of == next.part_of).filter_map(|parts| {
            let verdict = Verdict::of_parts(parts.iter().map(|part| part.verdict));
            Some((parts[0].part_of.as_deref()?, verdict, parts))
        })
    }

    /// All claims from other sources.
    pub fn other_claims(&self) -> impl Iterator<Item = &DecidedClaim> {
        self.claims.iter().filter(|claim| claim.part_of.is_none())
    }
}

fn failed(control: &Control) -> String {
    format!("{}: {}, and should be {}", control.what, short(control.value), bounds(control))
}

/// The allowed range of a control, in words.
pub fn bounds(control: &Control) -> String {
    match (control.low, control.high) {
        (Some(low), Some(high)) => format!("{} to {}", short(low), short(high)),
        (Some(low), None) => format!("at least {}", short(low)),
        (None, Some(high)) => format!("at most {}", short(high)),
        (None, None) => "anything".to_owned(),
    }
}
