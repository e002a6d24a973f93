//! Common claims about cookies, sessions and tokens. Only the rules of `benches/claims.toml` decide them.
//!
//! * [`rule`]: a claim and its rule, as the file contains them
//! * this module: the decisions

pub mod rule;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use self::rule::{Claim, Compare, RULES};
use super::{
    figures::{Figures, Quantity},
    material::Attacks,
    numbers::range,
};
use crate::results::{Run, statistics::Estimate};

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Holds,
    DoesNotHold,
    DependsOn,
    Inconclusive,
}

impl Verdict {
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::DependsOn => "depends",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// The verdict's sign, for places without colours.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Holds => "✓",
            Self::DoesNotHold => "✗",
            Self::DependsOn => "±",
            Self::Inconclusive => "?",
        }
    }
}

/// A claim and its verdict.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Decided {
    pub id: String,
    pub says: String,
    pub part_of: Option<String>,
    pub source: Option<String>,
    pub why: String,
    pub verdict: Verdict,
    pub findings: Vec<Finding>,
}

/// One finding: the condition, the result, the rule and the verdict.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Finding {
    pub under: String,
    pub found: String,
    pub rule: String,
    pub verdict: Verdict,
    /// Used only by the charts.
    #[serde(skip)]
    pub ratio: Option<Ratio>,
}

/// A measured ratio, and the rule's threshold.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    pub found: Estimate,
    pub line: f64,
}

/// Decides all claims, in the file's order, from the measurements and the attack table.
pub fn decide(run: &Run, attacks: Option<&Attacks>) -> Vec<Decided> {
    decide_these(&RULES.claim, run, attacks)
}

fn decide_these(claims: &[Claim], run: &Run, attacks: Option<&Attacks>) -> Vec<Decided> {
    let figures = Figures(run);
    let doubts = RULES.run.doubts(figures);
    let decided = |claim: &Claim| {
        let measured = claim.compare.iter().map(|compare| compare.finding(figures, &doubts));
        let attacked = claim.attacks.iter().map(|id| attacked(id, attacks));
        let findings: Vec<Finding> = measured.chain(attacked).collect();
        Decided {
            id: claim.id.clone(),
            says: claim.says.clone(),
            part_of: claim.part_of.clone(),
            source: claim.source.clone(),
            why: claim.why.clone(),
            verdict: together(findings.iter().map(|finding| finding.verdict)),
            findings,
        }
    };
    claims.iter().map(decided).collect()
}

/// Combines several verdicts. If some hold and others do not, the result is "depends"; an inconclusive one can make the
/// result inconclusive.
pub fn together(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let verdicts: Vec<Verdict> = verdicts.collect();
    let has = |verdict| verdicts.contains(&verdict);
    let (yes, no) = (has(Verdict::Holds), has(Verdict::DoesNotHold));
    match (yes, no) {
        _ if has(Verdict::DependsOn) || yes && no => Verdict::DependsOn,
        _ if has(Verdict::Inconclusive) => Verdict::Inconclusive,
        (true, false) => Verdict::Holds,
        (false, true) => Verdict::DoesNotHold,
        _ => Verdict::Inconclusive,
    }
}

impl Compare {
    fn finding(&self, figures: Figures<'_>, doubts: &[String]) -> Finding {
        let found = match (&self.to, &self.over) {
            (Some(to), _) => figures.ratio(self.quantity, &self.of, to),
            (None, Some(over)) => figures.difference(self.quantity, &self.of, over),
            (None, None) => figures.estimate(self.quantity, &self.of),
        };
        let Some(found) = found else {
            return open(&self.under, &self.rule(), "not measured in this run".to_owned());
        };
        // Counted figures are right even if the timed figures are in doubt.
        let doubts = [doubts, self.too_few(figures).as_slice()].concat();
        if self.quantity.is_timed() && !doubts.is_empty() {
            let why = format!("{}, which decides nothing: {}", self.told(found), doubts.join("; "));
            return Finding { ratio: self.ratio(found), ..open(&self.under, &self.rule(), why) };
        }
        let verdict = match self.holds.is_met_by(found) {
            Some(true) => Verdict::Holds,
            Some(false) => Verdict::DoesNotHold,
            None => Verdict::Inconclusive,
        };
        let ratio = self.ratio(found);
        Finding { under: self.under.clone(), found: self.told(found), rule: self.rule(), verdict, ratio }
    }

    fn too_few(&self, figures: Figures<'_>) -> Option<String> {
        let points = [Some(&self.of), self.to.as_ref(), self.over.as_ref()].into_iter().flatten();
        let counts = points.filter_map(|point| Some(figures.samples(self.quantity, point)?.concat().len()));
        RULES.run.too_few(counts.min()?)
    }

    fn ratio(&self, found: Estimate) -> Option<Ratio> {
        self.to.as_ref().map(|_| Ratio { found, line: self.holds.line() })
    }

    fn told(&self, found: Estimate) -> String {
        if self.to.is_some() {
            return format!("{} times", range(found, 1.0));
        }
        let (unit, scale) = self.quantity.unit();
        format!("{} {unit}", range(found, scale))
    }
}

fn open(under: &str, rule: &str, why: String) -> Finding {
    let (under, rule) = (under.to_owned(), rule.to_owned());
    Finding { under, found: why, rule, verdict: Verdict::Inconclusive, ratio: None }
}

/// `!` before the id means the opposite claim.
fn attacked(id: &str, attacks: Option<&Attacks>) -> Finding {
    let (id, contrary) = id.strip_prefix('!').map_or((id, false), |id| (id, true));
    let Some(claim) = attacks.and_then(|attacks| attacks.claims.iter().find(|claim| claim.id == id)) else {
        return open(id, "", "the attacks were not played".to_owned());
    };
    let verdict = match (&*claim.verdict, contrary) {
        ("true", false) | ("false", true) => Verdict::Holds,
        ("false", false) | ("true", true) => Verdict::DoesNotHold,
        ("depends", _) => Verdict::DependsOn,
        _ => Verdict::Inconclusive,
    };
    let listed = |what: &str, marks: &[String]| (!marks.is_empty()).then(|| format!("{what}: {}", marks.join(", ")));
    let found = [listed("so", &claim.agree), listed("not so", &claim.disagree)];
    let found = found.into_iter().flatten().collect::<Vec<_>>().join("; ");
    let found = if found.is_empty() { "the row was not played".to_owned() } else { found };
    let rule = format!("it is so in {} setting; row `{}`", if contrary { "no" } else { "every" }, claim.row);
    let under = if contrary { format!("not: {}", claim.says) } else { claim.says.clone() };
    Finding { under, found, rule, verdict, ratio: None }
}
