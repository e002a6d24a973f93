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
            let contender = runner.server.contender;
            let held = runner.server.log_in(POPULATION, POPULATION, &[])?;
            let request = |held| Journey::Mine.request(contender, contender.carrier, held);
            let requests: Vec<String> = held.iter().map(request).collect();
            let address = runner.server.address;
            let seen = by_the_clock(address, &requests, rate, plan.latency_seconds, others)?;
            let at = Point {
                contender: name.to_owned(),
                journey: Journey::Mine.name().to_owned(),
                rate: Some(rate),
                ..Point::default()
            };
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
        let mut own = Sender::on(Connection::open(address)?)?;
        for number in (sender..rate * seconds).step_by(SENDERS as usize) {
            let request = &requests[usize::try_from(number).unwrap_or_default() % requests.len()];
            own.send(due(number), request)?;
        }
        Ok::<_, io::Error>(own.seen)
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

/// One connection, and its latencies.
struct Sender {
    connection: Connection,
    seen: Seen,
}

impl Sender {
    fn on(connection: Connection) -> io::Result<Self> {
        Ok(Self { connection, seen: Seen::nothing()? })
    }

    /// Sends at the scheduled time, or at once if the previous answer came later.
    fn send(&mut self, due: Instant, request: &str) -> io::Result<()> {
        let early = due.saturating_duration_since(now());
        if !early.is_zero() {
            thread::sleep(early);
            self.seen.late += u64::from(now().saturating_duration_since(due) > LATE);
        }
        let answer = self.connection.exchange(request)?;
        if answer.status() != "200" {
            return Err(io::Error::other(format!("expected 200: {answer:?}")));
        }
        self.seen.note(due);
        Ok(())
    }
}

/// Moves this thread to the processors that the servers do not use, if there are any.
fn pin(others: CpuSet) {
    if others.count() > 0 {
        // If this fails, the sender shares the servers' processor, and its lateness shows that.
        let _ = sched_setaffinity(None, &others);
    }
}
