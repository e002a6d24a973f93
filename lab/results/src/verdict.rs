//! Whether a claim is true.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Under all conditions.
    True,
    /// Under no condition.
    False,
    /// Under some conditions only.
    Depends,
    /// Not measured, not measured well enough, or the attack was not run.
    Undecided,
}

impl Verdict {
    /// In the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::True, Self::False, Self::Depends, Self::Undecided];

    /// The verdict on a whole, from the verdicts on its parts. An undecided part leaves it undecided, unless other parts contradict
    /// each other.
    pub fn of_parts(verdicts: impl Iterator<Item = Self>) -> Self {
        let verdicts: Vec<Self> = verdicts.collect();
        let has = |verdict| verdicts.contains(&verdict);
        match (has(Self::True), has(Self::False)) {
            (true, true) => Self::Depends,
            _ if has(Self::Depends) => Self::Depends,
            _ if has(Self::Undecided) => Self::Undecided,
            (true, false) => Self::True,
            (false, true) => Self::False,
            (false, false) => Self::Undecided,
        }
    }

    /// The verdict on the contrary of the claim.
    #[must_use]
    pub fn of_contrary(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Depends | Self::Undecided => self,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
            Self::Depends => "depends",
            Self::Undecided => "undecided",
        }
    }

    /// A sign that shows the verdict without colours.
    pub fn sign(self) -> &'static str {
        match self {
            Self::True => "✓",
            Self::False => "✗",
            Self::Depends => "±",
            Self::Undecided => "?",
        }
    }
}
