//! The run: its machine, its time, its command, the foreign load, its controls, and missing measurements.

use authlab_results::{
    Run,
    statistics::{median, quantile},
};

use super::{Figures, cell};
use crate::{
    claims::rule::RULES,
    document::Block,
    material::{ATTACKS, FOLDER, Material},
    numbers::{IN_MICROSECONDS, bytes, percent, real, short},
    repeats,
    soundness::Controls,
    verdicts::{Verdicts, bounds},
};

/// The warnings at the top, if the run is in doubt.
pub(super) fn warnings(verdicts: &Verdicts) -> Vec<Block> {
    let [doubts, cautions] = [&verdicts.doubts, &verdicts.cautions].map(|found| found.join("; "));
    let doubts = (!doubts.is_empty()).then(|| {
        format!(
            "DO NOT RELY ON THIS RUN: {doubts}. No time in it decides anything. Counts (commands, bytes) are valid."
        )
    });
    let cautions = (!cautions.is_empty()).then(|| format!("READ WITH CAUTION. A control failed: {cautions}."));
    doubts.into_iter().chain(cautions).map(Block::Warning).collect()
}

/// A summary sentence for readers who stop here.
pub(super) fn in_a_sentence(material: &Material) -> Block {
    let (run, machine) = (&material.run, &material.run.machine);
    Block::text(format!(
        "Measured on {} with `{}` on {} ({} processors, Linux {}). Every figure has its 95 % interval, and every verdict \
             its rule. [The run](#run) has the load of other processes and the results of the controls.",
        run.started.strftime("%-d %B %Y"),
        run.command,
        machine.processor,
        machine.processors,
        machine.kernel,
    ))
}

pub(super) fn chapter(material: &Material, verdicts: &Verdicts) -> Vec<Block> {
    let run = &material.run;
    let mut blocks = vec![Block::chapter("run", "The run"), facts(material)];
    blocks.push(Block::section("controls", "Whether this run can be relied on"));
    blocks.push(Block::text(RULES.run.in_words()));
    blocks.push(Block::text(match verdicts.doubts.as_slice() {
        [] => "This run is not in doubt.".to_owned(),
        doubts => format!("**This run is in doubt: {}.**", doubts.join("; ")),
    }));
    blocks.push(Block::text(repeats::in_words(material, &verdicts.claims)));
    blocks.push(controls(run));
    blocks.push(Block::text(quiet(run)));
    blocks.push(Block::section("contenders", "Contenders"));
    let about = |contender: &authlab_results::Contender| vec![contender.name.clone(), contender.about.clone()];
    blocks.push(Block::table(["name", "what it is"], run.contenders.iter().map(about).collect()));
    if !run.left_out.is_empty() {
        blocks.push(Block::section("left-out", "What could not be measured"));
        blocks.push(Block::List(run.left_out.iter().map(|left| format!("{}: {}", left.what, left.why)).collect()));
    }
    blocks
}

fn facts(material: &Material) -> Block {
    let (run, machine) = (&material.run, &material.run.machine);
    let virtual_or_not = if machine.virtual_machine { "virtual" } else { "not virtual, as far as the system tells" };
    let finished = run.finished.map_or_else(|| "**not finished**".to_owned(), |finished| finished.to_string());
    let launches = run.rounds.iter().map(|round| round.launch + 1).max().unwrap_or_default();
    let mut rows = vec![
        ("command", format!("`{}`", run.command)),
        ("raw data", format!("`{FOLDER}/{}`: every sample", material.file)),
        ("began", run.started.to_string()),
        ("ended", finished),
        ("processor", machine.processor.clone()),
        ("processors", machine.processors.to_string()),
        ("memory", bytes(real(machine.memory_bytes))),
        ("kernel", format!("{}, {virtual_or_not}", machine.kernel)),
        (
            "launches and rounds",
            format!(
                "{launches} launches of fresh processes, {} rounds, in each of them all contenders in random order",
                run.rounds.len()
            ),
        ),
    ];
    rows.extend(run.versions.iter().map(|(name, version)| (&**name, version.clone())));
    if let Some(attacks) = &material.attacks {
        let played =
            format!("`cargo run --release -- attack --json`, {}, kept as `{FOLDER}/{ATTACKS}`", attacks.played_at);
        rows.push(("attacks", played));
    }
    let rows = rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    Block::table(["of the run", ""], rows)
}

fn controls(run: &Run) -> Block {
    let found = Controls::of(Figures(run));
    let (same, added) = (found.map(|found| found.same), found.map(|found| found.added));
    let timed = [
        ["the same server, measured twice".to_owned(), "1.00 times".to_owned(), cell(same, 1.0)],
        ["5 µs of added work".to_owned(), "5.00 µs".to_owned(), cell(added, IN_MICROSECONDS)],
    ];
    let counted = run.controls.iter().map(|control| {
        let not = if control.holds() { "" } else { " **FAILED**" };
        [control.what.clone(), bounds(control), format!("{}{not}", short(control.value))]
    });
    let rows = timed.into_iter().chain(counted).map(Vec::from).collect();
    Block::table(["control", "expected", "found, median [95 %]"], rows)
}

/// The load of other processes during the run.
fn quiet(run: &Run) -> String {
    let foreign: Vec<f64> = run.rounds.iter().map(|round| round.foreign).collect();
    let noisy = run.rounds.iter().filter(|round| round.is_noisy());
    let named = |round: &authlab_results::Round| {
        format!("launch {}, round {}: {}", round.launch + 1, round.round + 1, percent(round.foreign))
    };
    let noisy: Vec<String> = noisy.map(named).collect();
    let noisy = if noisy.is_empty() {
        "No round was noisy".to_owned()
    } else {
        format!("Noisy rounds ({}): {}", noisy.len(), noisy.join("; "))
    };
    format!(
        "Foreign processes took {} of all processors' time in the median round, and {} in the worst. {noisy}.",
        percent(median(&foreign)),
        percent(quantile(&foreign, 1_000)),
    )
}
