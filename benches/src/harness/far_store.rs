//! Measures a distant store: clients wait longer, but the server's CPU time does not change.

use std::{io, time::Duration};

use authlab_results::{Metric, Point};
use rustix::thread::CpuSet;

use super::{
    contender::Contender,
    distance::further_away,
    journey::Journey,
    latency::{by_the_clock, note},
    plan::Plan,
    record::Recorder,
    server::Server,
    stores::Stores,
};

const FAR: &str = "session, redis";
const MICROSECONDS: [u32; 4] = [0, 200, 1_000, 5_000];
const RATE: u32 = 500;

/// Each distance has a separate server.
pub fn measure(stores: &Stores, others: CpuSet, launch: u32, plan: &Plan, record: &mut Recorder) -> io::Result<()> {
    let (Some(contender), Some(redis)) = (Contender::named(FAR), &stores.redis) else { return Ok(()) };
    for delay in MICROSECONDS {
        let address = further_away(redis.address(), Duration::from_micros(delay.into()))?;
        let mut server = Server::start(contender, &[format!("--session-store=redis://{address}/")])?;
        let requests = server.reads(contender.population(), contender.population())?;
        by_the_clock(server.address, &requests, RATE, 1, others)?;
        let before = server.cpu_time()?;
        let seen = by_the_clock(server.address, &requests, RATE, plan.latency_seconds, others)?;
        let spent = server.cpu_time()?.saturating_sub(before);
        let mine = Point::new(contender.name, Journey::Mine.name());
        let at = Point { rate: Some(RATE), store_delay: Some(delay), ..mine };
        note(record, launch, &at, &seen.times);
        let each = spent.as_secs_f64() * 1e9 / f64::from(RATE * plan.latency_seconds);
        record.push(launch, Metric::ServerCpu, &at, each);
    }
    Ok(())
}
