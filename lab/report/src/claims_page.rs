//! `docs/claims.md`: all verdicts on one page, without their figures.

use authlab_results::Verdict;

use super::{chart::Chart, claims::DecidedClaim, document::Block, material::Material, verdicts::Verdicts};

pub(super) fn page(chart: Chart, material: &Material, verdicts: &Verdicts) -> Vec<Block> {
    let (run, machine) = (&material.run, &material.run.machine);
    let mut blocks =
        vec![Block::Heading { level: 1, anchor: String::new(), title: "Which claims are true".to_owned() }];
    if !verdicts.doubts.is_empty() {
        blocks.push(Block::Warning(format!("DO NOT RELY ON THIS RUN: {}.", verdicts.doubts.join("; "))));
    }
    blocks.push(Block::text(
        "Web courses teach three rules of thumb about cookies, sessions and tokens. authlab tests each part of them, and more \
         claims, by attack and by measurement. A rule that was written before the measurement decides each verdict: \
         `lab/report/claims.toml`. Each link leads to the rule and its figures. Which mechanism to take: \
         [choose.md](choose.md).",
    ));
    for (sentence, verdict, parts) in verdicts.sentences() {
        blocks.push(Block::chapter("", &format!("“{sentence}”: {}", verdict.words())));
        blocks.push(Block::List(Verdict::ALL.into_iter().filter_map(|verdict| listed(parts, verdict)).collect()));
    }
    blocks.push(Block::chapter("", "Other claims"));
    let rows = verdicts.other_claims().map(|claim| vec![linked(claim, &claim.says), signed(claim.verdict)]);
    blocks.push(Block::table(["claim", "verdict"], rows.collect()));
    blocks.push(Block::chapter("", "What one request costs"));
    blocks.push(Block::text(format!(
        "One request of a user who is logged in, {}, on one processor of {} ({}), Linux {}. `bare` is the same answer without \
         layers and without a mechanism. `null` has all layers and a mechanism that does nothing. `feed` is the default of \
         `REVOCATION`. Every figure with its interval, and how to repeat it: [comparison.md](comparison.md), \
         [as one page](comparison.html).",
        run.started.strftime("%-d %B %Y"),
        machine.processors,
        machine.processor,
        machine.kernel,
    )));
    blocks.push(Block::Chart(chart));
    blocks
}

/// The parts with this verdict.
fn listed(parts: &[DecidedClaim], verdict: Verdict) -> Option<String> {
    let links: Vec<String> =
        parts.iter().filter(|part| part.verdict == verdict).map(|part| linked(part, unprefixed(&part.says))).collect();
    (!links.is_empty()).then(|| format!("{}: {}", signed(verdict), links.join("; ")))
}

fn linked(claim: &DecidedClaim, text: &str) -> String {
    format!("[{text}](comparison.md#claim-{})", claim.id)
}

fn signed(verdict: Verdict) -> String {
    format!("**{}\u{a0}{}**", verdict.sign(), verdict.words())
}

/// Without the first half of the sentence, which the heading already shows.
fn unprefixed(says: &str) -> &str {
    says.split_once(": ").map_or(says, |(_, rest)| rest)
}
