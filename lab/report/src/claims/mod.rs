//! Common claims about cookies, sessions and tokens. Only the rules of `claims.toml` decide them.
//!
//! * [`rule`]: a claim and its rule, as the file contains them
//! * this module: the decisions

pub mod rule;
#[cfg(test)]
mod tests;

use authlab_results::{Run, Verdict, attacks::AttackTable, statistics::Estimate};
use serde::{Deserialize, Serialize};

use self::rule::{Claim, Compare, RULES};
use super::{
    figures::{Figures, Quantity},
    numbers::range,
};

/// A claim and its verdict.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct DecidedClaim {
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
pub fn decide(run: &Run, attacks: Option<&AttackTable>) -> Vec<DecidedClaim> {
    decide_these(&RULES.claim, run, attacks)
}

fn decide_these(claims: &[Claim], run: &Run, attacks: Option<&AttackTable>) -> Vec<DecidedClaim> {
    let figures = Figures(run);
    let doubts = RULES.run.doubts(figures);
    let decided = |claim: &Claim| {
        let measured = claim.compare.iter().map(|compare| compare.finding(figures, &doubts));
        let attacked = claim.attacks.iter().map(|id| attacked(id, attacks));
        let findings: Vec<Finding> = measured.chain(attacked).collect();
        DecidedClaim {
            id: claim.id.clone(),
            says: claim.says.clone(),
            part_of: claim.part_of.clone(),
            source: claim.source.clone(),
            why: claim.why.clone(),
            verdict: Verdict::of_parts(findings.iter().map(|finding| finding.verdict)),
            findings,
        }
    };
    claims.iter().map(decided).collect()
}

impl Compare {
    fn finding(&self, figures: Figures<'_>, doubts: &[String]) -> Finding {
        let found = match (&self.to, &self.over) {
            (Some(to), _) => figures.ratio(self.quantity, &self.of, to),
            (None, Some(over)) => figures.difference(self.quantity, &self.of, over),
            (None, None) => figures.estimate(self.quantity, &self.of),
        };
        // Counted figures are right even if the timed figures are in doubt.
        let doubts = [doubts, self.too_few(figures).as_slice()].concat();
        let (told, verdict) = match found {
            None => ("not measured in this run".to_owned(), Verdict::Undecided),
            Some(found) if self.quantity.is_timed() && !doubts.is_empty() => {
                let told = format!("{}, which decides nothing: {}", self.told(found), doubts.join("; "));
                (told, Verdict::Undecided)
            }
            Some(found) => (self.told(found), self.holds.verdict(found)),
        };
        let is_ratio = self.to.is_some();
        let ratio = found.filter(|_| is_ratio).map(|found| Ratio { found, line: self.holds.line() });
        Finding { under: self.under.clone(), found: told, rule: self.rule(), verdict, ratio }
    }

    fn too_few(&self, figures: Figures<'_>) -> Option<String> {
        let points = [Some(&self.of), self.to.as_ref(), self.over.as_ref()].into_iter().flatten();
        let counts = points.filter_map(|point| Some(figures.samples(self.quantity, point)?.concat().len()));
        RULES.run.too_few(counts.min()?)
    }

    fn told(&self, found: Estimate) -> String {
        if self.to.is_some() {
            return format!("{} times", range(found, 1.0));
        }
        let (unit, scale) = self.quantity.unit();
        format!("{} {unit}", range(found, scale))
    }
}

/// `!` before the id means the opposite claim.
fn attacked(id: &str, attacks: Option<&AttackTable>) -> Finding {
    let (id, contrary) = id.strip_prefix('!').map_or((id, false), |id| (id, true));
    let Some(claim) = attacks.and_then(|attacks| attacks.claims.iter().find(|claim| claim.id == id)) else {
        let (under, found) = (id.to_owned(), "the attacks were not run".to_owned());
        return Finding { under, found, rule: String::new(), verdict: Verdict::Undecided, ratio: None };
    };
    let verdict = if contrary { claim.verdict.of_contrary() } else { claim.verdict };
    let listed =
        |what: &str, columns: &[String]| (!columns.is_empty()).then(|| format!("{what}: {}", columns.join(", ")));
    let found = [listed("true", &claim.agree), listed("false", &claim.disagree)];
    let found = found.into_iter().flatten().collect::<Vec<_>>().join("; ");
    let found = if found.is_empty() { "the row was not run".to_owned() } else { found };
    let rule = format!("true in {} setting; row `{}`", if contrary { "no" } else { "every" }, claim.row);
    let under = if contrary { format!("not: {}", claim.says) } else { claim.says.clone() };
    Finding { under, found, rule, verdict, ratio: None }
}
