//! Measures the memory of sessions in a process: its resident pages, including the allocator's overhead.

use std::{env, fs, io, process::Command};

use crate::{keepers::Keeper, payload::Payload, redis::per};

/// Sessions before the measurement, so that one-time allocations are not counted.
const WARM_UP: usize = 2_000;

/// Measures in a fresh process, in which no memory was freed before.
pub fn grown_in_a_fresh_one(keeper: &str, payload: Payload, sessions: usize) -> io::Result<f64> {
    let sessions = sessions.to_string();
    let output = Command::new(env::current_exe()?).args(["fill", keeper, payload.name(), &sessions]).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = || io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned());
    said.trim().parse().map_err(|_| complaint())
}

pub async fn grown_by(keeper: &Keeper, payload: Payload, sessions: usize) -> io::Result<f64> {
    keeper.fill(payload, 0, WARM_UP).await?;
    let before = resident()?;
    keeper.fill(payload, WARM_UP, sessions).await?;
    Ok(per(sessions, before, resident()?))
}

fn resident() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.map(|kilobytes| 1024 * kilobytes).ok_or_else(|| io::Error::other("no VmRSS here"))
}
