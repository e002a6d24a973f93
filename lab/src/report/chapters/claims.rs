//! Common claims: first all verdicts, then each claim with its rule and its findings.

use crate::report::{
    chart::forest::{Twig, forest},
    claims::{Decided, Finding, Verdict, together},
    document::Block,
    numbers::{percent, short},
    verdicts::Verdicts,
};

/// The first chapter: the course's sentences and the other claims, each with its verdict.
pub(super) fn summary(verdicts: &Verdicts) -> Vec<Block> {
    let mut blocks = vec![
        Block::chapter("verdicts", "What is true of what people say"),
        Block::text(
            "Each verdict is computed from the figures below by a rule that was written down before they were measured \
             (`benches/claims.toml`), or from the table of attacks. Where an interval does not lie wholly on one side of the line, or the \
             run is in doubt, nothing is said.",
        ),
    ];
    for (sentence, parts) in verdicts.sentences() {
        let verdict = together(parts.iter().map(|part| part.verdict));
        blocks.push(Block::text(format!("**{sentence}**: {}, part by part:", verdict.words())));
        blocks.push(listed(parts.into_iter()));
    }
    blocks.push(Block::section("heard", "What is heard most often"));
    blocks.push(listed(verdicts.heard()));
    blocks
}

fn listed<'a>(claims: impl Iterator<Item = &'a Decided>) -> Block {
    let line =
        |claim: &Decided| vec![format!("[{}](#claim-{})", claim.says, claim.id), marked(claim.verdict), because(claim)];
    Block::table(&["claim", "verdict", "because"], claims.map(line).collect())
}

/// The finding if there is one; otherwise where the claim holds and where it does not.
fn because(claim: &Decided) -> String {
    if let [finding] = claim.findings.as_slice() {
        return finding.found.clone();
    }
    let order = [Verdict::Holds, Verdict::DoesNotHold, Verdict::DependsOn, Verdict::Inconclusive];
    let told = order.into_iter().filter_map(|verdict| {
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
            "Ratios are of CPU time unless their rule says otherwise, taken round by round; in brackets the interval of {}. The dashed line in \
             a chart is where the rule draws its own.",
            percent(0.95)
        )),
    ];
    blocks.extend(verdicts.claims.iter().flat_map(claim));
    blocks
}

fn claim(claim: &Decided) -> Vec<Block> {
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
        Block::text(format!("**{}.** {who} {}", capital(claim.verdict), claim.why)),
        Block::table(&["where", "found", "holds if", "verdict"], rows.collect()),
    ];
    let twigs: Vec<Twig> = claim
        .findings
        .iter()
        .filter_map(|finding| {
            let ratio = finding.ratio?;
            Some(Twig { label: finding.under.clone(), found: ratio.found, limit: Some(ratio.line) })
        })
        .collect();
    // A chart of one line would only repeat its table row.
    if twigs.len() > 1 {
        let words = "how many times; the dashed line is the rule's";
        blocks.push(Block::Chart(forest(&format!("claim-{}", claim.id), &claim.says, words, &twigs)));
    }
    blocks
}

fn marked(verdict: Verdict) -> String {
    // Non-breaking spaces keep the verdict on one line.
    format!("**{} {}**", verdict.sign(), verdict.words()).replace(' ', "\u{a0}")
}

fn capital(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "Holds",
        Verdict::DoesNotHold => "Does not hold",
        Verdict::DependsOn => "Depends",
        Verdict::Inconclusive => "Inconclusive",
    }
}
