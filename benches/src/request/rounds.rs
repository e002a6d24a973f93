//! Everybody in turn, again and again: a slow moment of the machine then meets everybody, and a layout in memory that happens
//! to be lucky lasts for one launch only.

use std::{io, time::Duration};

use super::{
    client::Lanes,
    login::{Verified, assert_equal_work, verified},
    served::CONTENDERS,
    server::Server,
};

/// All contenders, running and verified.
#[derive(Debug)]
pub struct Fleet {
    runners: Vec<(Server, Verified)>,
}

/// How many requests are in flight, and how many are timed together.
#[derive(Clone, Copy, Debug)]
pub struct Depth {
    pub in_flight: u32,
    pub batch: u32,
}

pub const DEPTHS: [Depth; 2] = [Depth { in_flight: 1, batch: 200 }, Depth { in_flight: 16, batch: 320 }];
/// Fresh processes, so often.
const LAUNCHES: usize = 8;
/// Rounds with the same processes.
const ROUNDS: usize = 24;

/// Nanoseconds of CPU time a request: by contender, by launch, by round.
pub type Samples = Vec<Vec<Vec<f64>>>;

impl Fleet {
    pub fn start() -> io::Result<Self> {
        let start = |contender| {
            let server = Server::start(contender)?;
            let verified = verified(&server)?;
            Ok((server, verified))
        };
        let runners: Vec<_> = CONTENDERS.into_iter().map(start).collect::<io::Result<_>>()?;
        assert_equal_work(&runners);
        Ok(Self { runners })
    }

    /// The CPU time that one contender spends on `count` requests. Connections are new, and warm, for each call: a server
    /// closes what has been idle for some seconds.
    pub fn spent_on(&mut self, contender: usize, in_flight: u32, count: u32) -> io::Result<Duration> {
        let (server, Verified { requests, answer }) = &mut self.runners[contender];
        let mut lanes = Lanes::open(server.address, in_flight, requests, answer.bytes())?;
        let before = server.cpu_time()?;
        lanes.send(requests, count)?;
        Ok(server.cpu_time()?.saturating_sub(before))
    }

    /// By how much the two accounts that the kernel keeps of the children's CPU time differ, relatively.
    pub fn disagreement(&mut self) -> io::Result<f64> {
        let mut worst: f64 = 0.0;
        for (server, _) in &mut self.runners {
            let clock = server.cpu_time()?.as_secs_f64();
            worst = worst.max((server.scheduled()?.as_secs_f64() / clock - 1.0).abs());
        }
        Ok(worst)
    }
}

/// Measures all contenders at all depths; `progress` hears of every launch. Gives back the samples by depth, and the last
/// fleet, still running.
pub fn measure(progress: impl Fn(usize, usize)) -> io::Result<([Samples; DEPTHS.len()], Fleet)> {
    let mut samples = DEPTHS.map(|_| vec![Vec::new(); CONTENDERS.len()]);
    let mut running = None;
    for launch in 0..LAUNCHES {
        progress(launch + 1, LAUNCHES);
        drop(running.take());
        let fleet = running.insert(Fleet::start()?);
        for (depth, samples) in DEPTHS.iter().zip(&mut samples) {
            for contender in samples.iter_mut() {
                contender.push(Vec::new());
            }
            // The first round warms up and does not count.
            for round in 0..=ROUNDS {
                for turn in 0..CONTENDERS.len() {
                    let contender = (turn + round + launch) % CONTENDERS.len();
                    let nanoseconds = a_request(fleet.spent_on(contender, depth.in_flight, depth.batch)?, depth.batch);
                    if round > 0 {
                        samples[contender][launch].push(nanoseconds);
                    }
                }
            }
        }
    }
    Ok((samples, running.expect("there is at least one launch")))
}

fn a_request(spent: Duration, count: u32) -> f64 {
    spent.as_secs_f64() * 1e9 / f64::from(count)
}
