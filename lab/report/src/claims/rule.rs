//! The rules of `claims.toml`: each claim, and what decides it.

use std::sync::LazyLock;

use authlab_results::{Point, statistics::Estimate};
use serde::Deserialize;

use crate::{numbers::short, soundness::Limits};
use super::Quantity;

/// The rules. They are written before anything is measured.
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
    /// The sentence of web courses that this is a part of.
    pub part_of: Option<String>,
    pub says: String,
    /// Who makes the claim, if it is not part of such a sentence.
    pub source: Option<String>,
    /// Why this decides it.
    pub why: String,
    #[serde(default)]
    pub compare: Vec<Compare>,
    /// Ids of claims that the attack results decide. `!` before an id stands for its contrary.
    #[serde(default)]
    pub attacks: Vec<String>,
}

/// A figure, its ratio to another one, or its difference to another one; and the limit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// The conditions, in words.
    pub under: String,
    pub quantity: Quantity,
    pub of: Point,
    pub to: Option<Point>,
    pub over: Option<Point>,
    pub holds: Line,
}

/// A limit: the whole interval of 95 % must be on this side of it.
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

    /// `None` if the limit is within the interval.
    pub fn is_met_by(self, found: Estimate) -> Option<bool> {
        let (above, below) = (found.low > self.line(), found.high < self.line());
        match self {
            _ if !above && !below => None,
            Self::Above(_) => Some(above),
            Self::Below(_) => Some(below),
        }
    }
}
