//! A claim and its rule, as `claims.toml` contains them.

use std::sync::LazyLock;

use authlab_results::{Point, Verdict, statistics::Estimate};
use serde::Deserialize;

use super::Quantity;
use crate::{numbers::short, soundness::Limits};

/// The rules, which were written before any measurement.
pub static RULES: LazyLock<Rules> =
    LazyLock::new(|| toml::from_str(include_str!("../../claims.toml")).expect("a test reads claims.toml"));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub run: Limits,
    pub claim: Vec<Claim>,
}

/// A claim, and what decides it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub id: String,
    /// The course's sentence that contains this claim.
    pub part_of: Option<String>,
    pub says: String,
    /// Who makes the claim, if it is not part of such a sentence.
    pub source: Option<String>,
    /// Why this decides it.
    pub why: String,
    #[serde(default)]
    pub compare: Vec<Compare>,
    /// Ids of claims that the attack table decides; `!` before an id means the opposite.
    #[serde(default)]
    pub attacks: Vec<String>,
}

/// A figure, a ratio or a difference of two figures, with a threshold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// The condition of this comparison, in words.
    pub under: String,
    pub quantity: Quantity,
    pub of: Point,
    pub to: Option<Point>,
    pub over: Option<Point>,
    pub holds: Line,
}

/// The side of the threshold on which the whole 95 % interval must lie.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    Above(f64),
    Below(f64),
}

impl Compare {
    /// The rule in words.
    pub fn rule(&self) -> String {
        let (side, line) = match self.holds {
            Line::Above(line) => ("above", line),
            Line::Below(line) => ("below", line),
        };
        let what = if let Some(to) = &self.to {
            format!("{} times `{}`", short(line), to.contender)
        } else {
            let (unit, scale) = self.quantity.unit();
            format!("{} {unit}", short(line * scale))
        };
        let over = self.over.as_ref().map(|over| format!(" over `{}`", over.contender)).unwrap_or_default();
        format!("`{}`{over} wholly {side} {what}", self.of.contender)
    }
}

impl Line {
    pub fn line(self) -> f64 {
        let (Self::Above(line) | Self::Below(line)) = self;
        line
    }

    /// Undecided if the threshold lies inside the interval.
    pub fn verdict(self, found: Estimate) -> Verdict {
        match self {
            Self::Above(line) if found.low > line => Verdict::True,
            Self::Below(line) if found.high < line => Verdict::True,
            Self::Above(line) if found.high < line => Verdict::False,
            Self::Below(line) if found.low > line => Verdict::False,
            _ => Verdict::Undecided,
        }
    }
}
