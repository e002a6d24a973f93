//! Measures everything that the comparison needs in one run: costs, latency, memory, and common measurement mistakes.
//!
//! `cargo bench --package benches --bench comparison` takes some minutes; with `-- --thorough` it takes hours. The run
//! is written to `benches/results/TIME.json`, which `lab report` reads.

use std::{env, io, io::Write as _, path::Path, time::Duration};

use benches::harness::{
    clients, controls, far_store,
    fleet::{Fleet, now},
    habits, latency, logins, password,
    plan::Plan,
    record::Recorder,
    rounds,
    serve::serve_if_asked,
    server::share_one_processor,
    table::table,
};
use rustix::thread::CpuSet;

const RESULTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/results");

fn main() -> io::Result<()> {
    serve_if_asked();
    let asked = |flag| env::args().any(|argument| argument == flag);
    if asked("--list") {
        return Ok(());
    }
    let (plan, command) = if !asked("--bench") || asked("--test") {
        (Plan::SMOKE, "cargo test --package benches --bench comparison")
    } else if asked("--thorough") {
        (Plan::THOROUGH, "cargo bench --package benches --bench comparison -- --thorough")
    } else {
        (Plan::SHORT, "cargo bench --package benches --bench comparison")
    };
    let folder = asked("--bench").then(|| Path::new(RESULTS));
    let mut record = Recorder::begin(command, folder)?;
    let others = share_one_processor()?;
    measure(&plan, others, &mut record)?;
    habits::key_parsed_per_call(&mut record);
    record.finish()?;
    say(&table(&record.run));
    for control in &record.run.controls {
        let not = if control.holds() { "" } else { ", which is NOT as it must be" };
        say(&format!("control: {}: {}{not}", control.what, control.value));
    }
    for left_out in &record.run.left_out {
        say(&format!("left out: {}: {}", left_out.what, left_out.why));
    }
    if let Some(file) = record.file() {
        say(&format!("\nkept as {}; `cargo run --release -- report` writes its report", file.display()));
    }
    Ok(())
}

fn measure(plan: &Plan, others: CpuSet, record: &mut Recorder) -> io::Result<()> {
    say("checking a password");
    password::measure(record)?;
    let began = now();
    let mut last_took = Duration::ZERO;
    for number in 0..plan.launches {
        let so_far = began.elapsed();
        if so_far + last_took > plan.time {
            record.leave_out_for_time(&format!("launches from {} on", number + 1));
            break;
        }
        say(&format!("launch {} of {}: starting and verifying all contenders", number + 1, plan.launches));
        launch(number, plan, others, record)?;
        last_took = began.elapsed().saturating_sub(so_far);
    }
    controls::warmth(record);
    Ok(())
}

/// Measures with one set of processes, then measures memory with separate processes.
fn launch(number: u32, plan: &Plan, others: CpuSet, record: &mut Recorder) -> io::Result<()> {
    let mut fleet = Fleet::start()?;
    say("  rounds");
    rounds::launch(&mut fleet, number, plan, record, say)?;
    say("  latency at fixed rates");
    for _ in 0..plan.latency_turns {
        latency::measure(&mut fleet, others, number, plan, record)?;
    }
    say("  with a distant store");
    far_store::measure(&fleet.stores, others, number, plan, record)?;
    if number == 0 {
        clients::count(&mut fleet, record)?;
        controls::generator(&mut fleet, others, plan, record)?;
    }
    say("  with common measurement mistakes");
    habits::generator_inside(&mut fleet, number, plan, record)?;
    habits::closed_loop(&mut fleet, others, number, plan, record)?;
    controls::clocks(&mut fleet, number, record)?;
    drop(fleet);
    say("  memory of live logins");
    logins::measure(plan, number, record, say)?;
    let noisy = record.run.rounds.iter().filter(|round| round.launch == number && round.is_noisy()).count();
    say(&format!("  {noisy} of {} rounds were noisy", plan.rounds));
    record.save()
}

fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
