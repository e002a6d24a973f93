//! Measures `GET /mine` over HTTP: CPU time of the server's process per request, one request at a time.
//!
//! Criterion compares each contender with its earlier results; `comparison` compares the contenders with each other.

use std::{cell::RefCell, env, io, time::Duration};

use benches::{
    cpu_time::CpuTime,
    harness::{
        contender::CONTENDERS, fleet::Fleet, journey::Journey, plan::Spot, serve::serve_if_asked,
        server::share_one_processor,
    },
};
use criterion::{BenchmarkId, Criterion, SamplingMode};

const MINE: Spot = Spot { journey: Journey::Mine, in_flight: 1, item_bytes: None, carrier: None };

fn main() -> io::Result<()> {
    serve_if_asked();
    share_one_processor()?;
    let listed = env::args().any(|argument| argument == "--list");
    let fleet = RefCell::new(if listed { None } else { Some(Fleet::start()?) });
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(600))
        .nresamples(5_000)
        .configure_from_args();
    let mut group = criterion.benchmark_group("request");
    group.sampling_mode(SamplingMode::Flat);
    for (index, contender) in CONTENDERS.iter().enumerate().filter(|(_, contender)| MINE.takes(contender)) {
        // A contender whose store or program is not installed has no figure.
        if fleet.borrow().as_ref().is_some_and(|fleet| fleet.runners[index].is_err()) {
            continue;
        }
        group.bench_function(BenchmarkId::from_parameter(contender.name), |bencher| {
            bencher.iter_custom(|count| {
                let count = u32::try_from(count).unwrap_or(u32::MAX);
                let fleet = &mut *fleet.borrow_mut();
                let Some(Fleet { stores, runners }) = fleet else { return Duration::ZERO };
                let runner = runners[index].as_mut().expect("those that are not here are left out");
                runner.cost(&MINE, stores, count).expect("every request is answered").server
            });
        });
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}
