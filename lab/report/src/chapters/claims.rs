//! Common claims: first all verdicts, then each claim with its rule and its findings.

use authlab_results::Verdict;

use super::capitalised;
use crate::{
    chart::forest::{ForestRow, forest},
    claims::{DecidedClaim, Finding},
    document::Block,
    numbers::{percent, short},
    verdicts::Verdicts,
};

/// The first chapter: the course's sentences and the other claims, each with its verdict.
pub(super) fn summary(verdicts: &Verdicts) -> Vec<Block> {
    let mut blocks = vec![
        Block::chapter("verdicts", "Which claims are true"),
        Block::text(
            "Each verdict is computed from the figures below, by a rule that was written before the measurement \
                 (`lab/report/claims.toml`), or from the attack results. If an interval contains the limit, or if the run is in \
                 doubt, the claim is undecided.",
        ),
    ];
    for (sentence, verdict, parts) in verdicts.sentences() {
        blocks.push(Block::text(format!("**{sentence}**: {}, part by part:", verdict.words())));
        blocks.push(listed(parts.iter()));
    }
    blocks.push(Block::section("heard", "Other claims"));
    blocks.push(listed(verdicts.other_claims()));
    blocks
}

fn listed<'a>(claims: impl Iterator<Item = &'a DecidedClaim>) -> Block {
    let line = |claim: &DecidedClaim| {
        vec![format!("[{}](#claim-{})", claim.says, claim.id), marked(claim.verdict), because(claim)]
    };
    Block::table(["claim", "verdict", "reason"], claims.map(line).collect())
}

/// The finding if there is one; otherwise where the claim holds and where it does not.
fn because(claim: &DecidedClaim) -> String {
    if let [finding] = claim.findings.as_slice() {
        return finding.found.clone();
    }
    let told = Verdict::ALL.into_iter().filter_map(|verdict| {
        let found = claim.findings.iter().filter(|finding| finding.verdict == verdict);
        let found: Vec<String> = found.map(in_short).collect();
        (!found.is_empty()).then(|| format!("{} {}", verdict.sign(), found.join("; ")))
    });
    told.collect::<Vec<_>>().join(" · ")
}

/// The finding's place and, for a ratio, its value.
fn in_short(finding: &Finding) -> String {
    let times = finding.ratio.map_or_else(String::new, |ratio| format!(" ({}×)", short(ratio.found.median)));
    format!("{}{times}", finding.under)
}

/// Each claim with every finding that decided it.
pub(super) fn chapter(verdicts: &Verdicts) -> Vec<Block> {
    let mut blocks = vec![
        Block::chapter("claims", "Claim by claim"),
        Block::text(format!(
            "Ratios are of CPU time unless their rule says otherwise, taken round by round, with their {} interval in \
                 brackets. The dashed line in a chart is the limit of the rule.",
            percent(0.95)
        )),
    ];
    blocks.extend(verdicts.claims.iter().flat_map(claim));
    blocks
}

fn claim(claim: &DecidedClaim) -> Vec<Block> {
    let who = match (&claim.part_of, &claim.source) {
        (Some(sentence), _) => format!("Part of “{sentence}”."),
        (None, Some(source)) => format!("Said by: {source}."),
        (None, None) => String::new(),
    };
    let rows = claim.findings.iter().map(|finding| {
        vec![finding.under.clone(), finding.found.clone(), finding.rule.clone(), marked(finding.verdict)]
    });
    let mut blocks = vec![
        Block::section(&format!("claim-{}", claim.id), &claim.says),
        Block::text(format!("**{}.** {who} {}", capitalised(claim.verdict.words()), claim.why)),
        Block::table(["where", "result", "true if", "verdict"], rows.collect()),
    ];
    let twigs: Vec<ForestRow> = claim
        .findings
        .iter()
        .filter_map(|finding| {
            let ratio = finding.ratio?;
            Some(ForestRow { label: finding.under.clone(), found: ratio.found, limit: Some(ratio.line) })
        })
        .collect();
    // A chart of one line would only repeat its table row.
    if twigs.len() > 1 {
        let words = "ratio; the dashed line is the limit";
        blocks.push(Block::Chart(forest(&format!("claim-{}", claim.id), &claim.says, words, &twigs)));
    }
    blocks
}

fn marked(verdict: Verdict) -> String {
    // Non-breaking spaces keep the verdict on one line.
    format!("**{} {}**", verdict.sign(), verdict.words()).replace(' ', "\u{a0}")
}
