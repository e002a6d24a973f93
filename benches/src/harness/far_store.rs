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
        let held = server.log_in(contender.population(), contender.population(), &[])?;
        let request = |held| Journey::Mine.request(contender, contender.carrier, held);
        let requests: Vec<String> = held.iter().map(request).collect();
        by_the_clock(server.address, &requests, RATE, 1, others)?;
        let before = server.cpu_time()?;
        let seen = by_the_clock(server.address, &requests, RATE, plan.latency_seconds, others)?;
        let spent = server.cpu_time()?.saturating_sub(before);
        let at = Point {
            contender: contender.name.to_owned(),
            journey: Journey::Mine.name().to_owned(),
            rate: Some(RATE),
            store_delay: Some(delay),
            ..Point::default()
        };
        note(record, launch, &at, &seen.times);
        let each = spent.as_secs_f64() * 1e9 / f64::from(RATE * plan.latency_seconds);
        record.push(launch, Metric::ServerCpu, &at, each);
    }
    Ok(())
}
