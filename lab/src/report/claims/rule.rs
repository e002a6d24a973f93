//! A claim and what decides it, as they stand in `benches/claims.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Quantity;
use crate::{
    report::{numbers::short, soundness::Limits},
    results::{Point, statistics::Estimate},
};

/// The rules, as they were written down before anything was measured.
pub static RULES: LazyLock<Rules> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../../benches/claims.toml")).expect("benches/claims.toml is read by a test")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub run: Limits,
    pub claim: Vec<Claim>,
}

/// A sentence, and what decides it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub id: String,
    /// The course's sentence that this is a part of.
    pub part_of: Option<String>,
    pub says: String,
    /// Who says it, if not the course.
    pub source: Option<String>,
    /// Why this is what decides it.
    pub why: String,
    #[serde(default)]
    pub compare: Vec<Compare>,
    /// Claims that the table of attacks decides, by their ids; `!` before one stands for its contrary.
    #[serde(default)]
    pub attacks: Vec<String>,
}

/// A figure, or how many times it is another, or by how much it is over another; and where the line is drawn.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// Where this is so, in words.
    pub under: String,
    pub quantity: Quantity,
    pub of: Point,
    pub to: Option<Point>,
    pub over: Option<Point>,
    pub holds: Line,
}

/// The whole interval of 95 % lies on this side of it.
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

    /// `None` where the interval lies across the line.
    pub fn is_met_by(self, found: Estimate) -> Option<bool> {
        let (above, below) = (found.low > self.line(), found.high < self.line());
        match self {
            _ if !above && !below => None,
            Self::Above(_) => Some(above),
            Self::Below(_) => Some(below),
        }
    }
}
