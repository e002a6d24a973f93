//! Common measurement mistakes, each made on purpose to show its effect.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use authlab_results::{Metric, Point};
use rustix::thread::CpuSet;

use super::{
    contender::CONTENDERS,
    fleet::{Fleet, now},
    journey::Journey,
    latency::{Seen, by_the_clock, note},
    plan::Plan,
    record::Recorder,
    wire::Connection,
};

/// The contenders that are measured with the generator inside.
const INSIDE: [&str; 4] = ["null", "cookie signed, feed", "session, redis", "token HS256, feed"];
const BATCH: u32 = 200;
/// The store that stalls, and the duration and interval of the stalls.
const STALLING: &str = "session, redis";
const STALL: Duration = Duration::from_millis(50);
const STALL_INTERVAL: Duration = Duration::from_millis(500);
const RATE: u32 = 500;
const POPULATION: u32 = 64;

/// Runs the generator in the server's process. Its work is charged to the server, so every ratio shrinks.
pub fn generator_inside(fleet: &mut Fleet, launch: u32, plan: &Plan, record: &mut Recorder) -> io::Result<()> {
    for _ in 0..=plan.rounds {
        for name in INSIDE {
            let Some(runner) = fleet.runner(name) else { continue };
            let requests = runner.server.reads(POPULATION, POPULATION)?;
            let before = runner.server.cpu_time()?;
            runner.server.inside(requests, BATCH, 1)?;
            let spent = runner.server.cpu_time()?.saturating_sub(before);
            let mine = Point::new(name, Journey::Mine.name());
            let at = Point { in_flight: Some(1), habit: Some("generator inside".to_owned()), ..mine };
            record.push(launch, Metric::ServerCpu, &at, spent.as_secs_f64() * 1e9 / f64::from(BATCH));
        }
    }
    Ok(())
}

/// Compares clients that send at a fixed rate with a client that waits for each answer, while the store stalls twice a
/// second. The waiting client sends nothing during a stall, so few of its requests meet one.
pub fn closed_loop(
    fleet: &mut Fleet,
    others: CpuSet,
    launch: u32,
    plan: &Plan,
    record: &mut Recorder,
) -> io::Result<()> {
    let Fleet { stores, runners } = fleet;
    let runner = runners.iter_mut().flatten().find(|runner| runner.server.contender.name == STALLING);
    let (Some(runner), Some(redis)) = (runner, &stores.redis) else {
        record.leave_out("the closed loop", "Redis is not installed here");
        return Ok(());
    };
    let requests = runner.server.reads(POPULATION, POPULATION)?;
    let address = runner.server.address;
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                // A failed command is ignored, because then neither figure shows a stall.
                let _ = redis.tell(&format!("CLIENT PAUSE {}", STALL.as_millis()));
                thread::sleep(STALL_INTERVAL);
            }
        });
        let measured = (|| {
            let open = by_the_clock(address, &requests, RATE, plan.latency_seconds, others)?;
            note(record, launch, &stalling(Some(RATE), None), &open.times);
            let closed = one_after_the_other(&mut Connection::open(address)?, &requests, plan.latency_seconds)?;
            note(record, launch, &stalling(None, Some("closed loop")), &closed.times);
            Ok(())
        })();
        over.store(true, Ordering::Relaxed);
        measured
    })
}

fn stalling(rate: Option<u32>, habit: Option<&str>) -> Point {
    Point { rate, habit: habit.map(str::to_owned), ..Point::new(STALLING, "mine, the store stalling") }
}

fn one_after_the_other(connection: &mut Connection, requests: &[String], seconds: u32) -> io::Result<Seen> {
    let mut seen = Seen::nothing()?;
    let end = now() + Duration::from_secs(u64::from(seconds));
    for request in requests.iter().cycle() {
        let sent = now();
        if sent > end {
            break;
        }
        connection.exchange(request)?.expect("200")?;
        seen.note(sent);
    }
    Ok(seen)
}

/// The contender that parses its key for each request, shown as a measurement mistake.
pub fn key_parsed_per_call(record: &mut Recorder) {
    const HABIT: &str = ", key parsed per call";
    debug_assert!(CONTENDERS.iter().any(|contender| contender.name.ends_with(HABIT)));
    for figure in &mut record.run.figures {
        if let Some(name) = figure.at.contender.strip_suffix(HABIT) {
            figure.at = Point { contender: name.to_owned(), habit: Some(HABIT[2..].to_owned()), ..figure.at.clone() };
        }
    }
    record.run.contenders.retain(|contender| !contender.name.ends_with(HABIT));
}
