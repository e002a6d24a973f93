//! Checks of the instruments: two clocks of one process, the generator's own load, and warm servers. Two more checks
//! are contenders: the same server twice, and a known difference.

use std::io;

use authlab_results::{Metric, Point, statistics::median};
use rustix::thread::CpuSet;

use super::{
    contender::{BARE, CONTENDERS, Contender},
    fleet::{Fleet, now},
    journey::Journey,
    latency::{RATES, by_the_clock},
    plan::Plan,
    record::{Recorder, float},
};
use crate::cpu_time;

/// Both clocks must count the same nanoseconds.
const CLOCKS: [Option<f64>; 2] = [Some(0.99), Some(1.01)];
/// Above this share the generator itself would delay requests.
const GENERATOR: [Option<f64>; 2] = [None, Some(0.8)];
const WARM: [Option<f64>; 2] = [Some(0.97), Some(1.03)];
/// More than any server here can answer, so requests are sent as fast as possible.
const FLAT_OUT: u32 = 200_000;

/// Compares the CPU time that a process reports with the time read from outside.
pub fn clocks(fleet: &mut Fleet, launch: u32, record: &mut Recorder) -> io::Result<()> {
    let Some(runner) = fleet.runner(BARE) else { return Ok(()) };
    let ratio = runner.server.own_cpu_time()?.as_secs_f64() / runner.server.cpu_time()?.as_secs_f64();
    record.control(
        format!("CPU time by the server's own clock to that read from outside, launch {launch}"),
        ratio,
        CLOCKS,
    );
    Ok(())
}

/// Measures the generator's share of its processors at the highest rate, and the maximum rate at which it and a bare
/// server exchange requests.
pub fn generator(fleet: &mut Fleet, others: CpuSet, plan: &Plan, record: &mut Recorder) -> io::Result<()> {
    let Some(runner) = fleet.runner(BARE) else { return Ok(()) };
    let (requests, address) = (runner.server.reads(1, 1)?, runner.server.address);
    let highest = RATES.into_iter().max().unwrap_or_default();
    let processors = float(u64::from(others.count().max(1)));

    let (used, began) = (cpu_time::spent(), now());
    by_the_clock(address, &requests, highest, plan.latency_seconds, others)?;
    let share = cpu_time::spent().saturating_sub(used).as_secs_f64() / began.elapsed().as_secs_f64() / processors;
    record.control(format!("share of its processors that the generator uses at {highest} a second"), share, GENERATOR);

    let began = now();
    let seen = by_the_clock(address, &requests, FLAT_OUT / 10 * plan.latency_seconds.min(5), 1, others)?;
    let ceiling = float(seen.times.len()) / began.elapsed().as_secs_f64();
    let enough = [Some(2.0 * f64::from(highest)), None];
    record.control("requests a second that the generator and a bare server can exchange".to_owned(), ceiling, enough);
    Ok(())
}

/// Compares the first third of all rounds with the last, over all servers. A server that is still warming up costs more
/// at first. The median over all servers keeps one noisy round from deciding.
pub fn warmth(record: &mut Recorder) {
    let ratios: Vec<f64> = CONTENDERS.iter().filter_map(|contender| first_to_last(contender, record)).collect();
    record.control("first rounds to last, the median of all servers".to_owned(), median(&ratios), WARM);
}

fn first_to_last(contender: &Contender, record: &Recorder) -> Option<f64> {
    let at = Point { in_flight: Some(1), ..Point::new(contender.name, Journey::Mine.name()) };
    let samples = &record.run.figure(Metric::ServerCpu, &at)?.samples;
    let third = |launch: &Vec<f64>| launch.len().div_ceil(3);
    let first: Vec<f64> = samples.iter().flat_map(|launch| &launch[..third(launch)]).copied().collect();
    let last: Vec<f64> = samples.iter().flat_map(|launch| &launch[launch.len() - third(launch)..]).copied().collect();
    Some(median(&first) / median(&last))
}
