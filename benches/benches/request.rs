//! What `GET /mine` costs each service, over HTTP: CPU time of the server's process for one request.
//!
//! The table compares contenders with each other, by rounds in which all take their turn. Criterion compares one contender with
//! itself on another day.

use std::{cell::RefCell, env, fs, io::Write as _, time::Duration};

use benches::{
    cpu_time::CpuTime,
    request::{
        rounds::{DEPTHS, Fleet, measure},
        served::{CONTENDERS, serve_if_asked},
        server::share_one_processor,
        table::table,
    },
};
use criterion::{BenchmarkId, Criterion, SamplingMode};

fn main() {
    serve_if_asked();
    share_one_processor().expect("a process may choose among its processors");
    let asked = |flag| env::args().any(|argument| argument == flag);
    // Without `--bench` criterion only tries everything once.
    let fleet = if asked("--list") {
        None
    } else if asked("--bench") && !asked("--test") {
        Some(rounds())
    } else {
        Some(Fleet::start().expect("the contenders start"))
    };
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(600))
        .nresamples(5_000)
        .configure_from_args();
    with_criterion(&mut criterion, fleet);
    criterion.final_summary();
}

/// Measures, and prints the tables.
fn rounds() -> Fleet {
    say(&format!("load average before: {}", load()));
    let told = |launch, launches| say(&format!("launch {launch} of {launches}, everybody in turn"));
    let (samples, mut fleet) = measure(told).expect("every request is answered");
    for (depth, samples) in DEPTHS.into_iter().zip(&samples) {
        say(&format!("\n{}", table(depth, samples)));
    }
    let disagreement = fleet.disagreement().expect("the kernel tells");
    say(&format!("process clock and scheduler differ by {:.2} % at most", 100.0 * disagreement));
    say(&format!("load average after: {}\n", load()));
    fleet
}

fn with_criterion(criterion: &mut Criterion<CpuTime>, fleet: Option<Fleet>) {
    let fleet = RefCell::new(fleet);
    for depth in DEPTHS {
        let mut group = criterion.benchmark_group(format!("request/{} in flight", depth.in_flight));
        group.sampling_mode(SamplingMode::Flat);
        for (index, contender) in CONTENDERS.iter().enumerate() {
            group.bench_function(BenchmarkId::from_parameter(contender.name), |bencher| {
                bencher.iter_custom(|count| {
                    let count = u32::try_from(count).unwrap_or(u32::MAX);
                    let mut fleet = fleet.borrow_mut();
                    let fleet = fleet.as_mut().expect("whatever is not only listed runs");
                    fleet.spent_on(index, depth.in_flight, count).expect("every request is answered")
                });
            });
        }
        group.finish();
    }
}

/// Of 1, 5 and 15 minutes: what else this machine had to do.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
