//! Latency at fixed rates (open loop): requests are sent on schedule, whatever the earlier ones do, and each is timed
//! from its scheduled time. Clients that wait for an answer would leave out the requests that had to wait most.

use std::{
    io,
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use authlab_results::{Metric, Point};
use hdrhistogram::Histogram;
use rustix::thread::{CpuSet, sched_setaffinity};

use super::{
    fleet::{Fleet, now},
    journey::Journey,
    plan::Plan,
    record::{Recorder, float},
    wire::Connection,
};

const MEASURED: [&str; 9] = [
    "bare",
    "null",
    "cookie signed, feed",
    "session, memory",
    "session, sqlite",
    "session, postgres",
    "session, redis",
    "token HS256, feed",
    "token EdDSA",
];
pub(super) const RATES: [u32; 2] = [500, 2_000];
/// Connections; each has its own thread.
const SENDERS: u32 = 16;
const POPULATION: u32 = 256;
/// A sender that wakes up this late without other work is itself the cause of the delay.
const LATE: Duration = Duration::from_millis(1);
/// The figure is in doubt if more than one in this many requests was sent late.
const LATE_ONE_IN: u64 = 100;

/// One minute in nanoseconds: the connection's timeout is shorter.
const LONGEST: u64 = 60_000_000_000;

/// The measured latencies, in nanoseconds.
#[derive(Debug)]
pub struct Seen {
    pub times: Histogram<u64>,
    /// Requests that the sender sent late, without a slow answer as the cause.
    pub late: u64,
}

/// Measures each contender once at each rate. The senders run on other processors than the servers.
pub fn measure(fleet: &mut Fleet, others: CpuSet, launch: u32, plan: &Plan, record: &mut Recorder) -> io::Result<()> {
    for rate in RATES {
        for name in MEASURED {
            let Some(runner) = fleet.runner(name) else { continue };
            let requests = runner.server.reads(POPULATION, POPULATION)?;
            let seen = by_the_clock(runner.server.address, &requests, rate, plan.latency_seconds, others)?;
            let at = Point { rate: Some(rate), ..Point::new(name, Journey::Mine.name()) };
            note(record, launch, &at, &seen.times);
            if seen.late > seen.times.len() / LATE_ONE_IN {
                let why =
                    format!("the senders were late by themselves for {} of {} requests", seen.late, seen.times.len());
                record.leave_out(&format!("certainty of latency: {name} at {rate} a second, launch {launch}"), &why);
            }
        }
    }
    Ok(())
}

/// Records the median, the 99th and the 99.9th percentile.
pub fn note(record: &mut Recorder, launch: u32, at: &Point, times: &Histogram<u64>) {
    for (metric, quantile) in [(Metric::LatencyMedian, 0.5), (Metric::Latency99, 0.99), (Metric::Latency999, 0.999)] {
        record.push(launch, metric, at, float(times.value_at_quantile(quantile)));
    }
}

/// Sends requests at this rate for some seconds.
pub fn by_the_clock(
    address: SocketAddr,
    requests: &[String],
    rate: u32,
    seconds: u32,
    others: CpuSet,
) -> io::Result<Seen> {
    let begin = now() + Duration::from_millis(50);
    let due = |number: u32| begin + Duration::from_secs(1) * number / rate;
    let sent_by = |sender: u32| {
        pin(others);
        let (mut connection, mut seen) = (Connection::open(address)?, Seen::nothing()?);
        for number in (sender..rate * seconds).step_by(SENDERS as usize) {
            seen.late += u64::from(wait_until(due(number)));
            connection.exchange(&requests[number as usize % requests.len()])?.expect("200")?;
            seen.note(due(number));
        }
        Ok::<_, io::Error>(seen)
    };
    thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS).map(|sender| scope.spawn(move || sent_by(sender))).collect();
        let mut all = Seen::nothing()?;
        for sender in senders {
            let seen = sender.join().unwrap_or_else(|_| Err(io::Error::other("a sender panicked")))?;
            all.times.add(&seen.times).map_err(io::Error::other)?;
            all.late += seen.late;
        }
        Ok(all)
    })
}

impl Seen {
    pub fn nothing() -> io::Result<Self> {
        Ok(Self { times: Histogram::new_with_bounds(1, LONGEST, 3).map_err(io::Error::other)?, late: 0 })
    }

    /// Records the time from when a request was due until now.
    pub fn note(&mut self, due: Instant) {
        let time = u64::try_from(now().saturating_duration_since(due).as_nanos()).unwrap_or(u64::MAX);
        self.times.saturating_record(time);
    }
}

/// Sleeps until a request is due, and returns whether this thread woke up late. A request that is already due waited for the previous
/// answer, not for this thread.
fn wait_until(due: Instant) -> bool {
    let early = due.saturating_duration_since(now());
    thread::sleep(early);
    !early.is_zero() && now().saturating_duration_since(due) > LATE
}

/// Moves this thread to the processors that the servers do not use, if there are any.
fn pin(others: CpuSet) {
    if others.count() > 0 {
        // If this fails, the sender shares the servers' processor, and its lateness shows that.
        let _ = sched_setaffinity(None, &others);
    }
}
