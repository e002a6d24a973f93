//! The CPU time of other processes in nanoseconds, read from the kernel's scheduler statistics.

use std::{cell::RefCell, collections::BTreeMap, fs, io, path::PathBuf, time::Duration};

use rustix::process::Pid;

/// The last reading of each thread. An ended thread counts with its last reading.
#[derive(Debug, Default)]
pub struct Clock(RefCell<BTreeMap<PathBuf, u64>>);

impl Clock {
    /// The CPU time of all threads of these processes, including ended threads that were read before.
    pub fn read(&self, processes: &[Pid]) -> io::Result<Duration> {
        let mut seen = self.0.borrow_mut();
        for process in processes {
            // A database process or a thread may end during the reading.
            let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { continue };
            for thread in threads.flatten() {
                let line = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
                if let Some(nanoseconds) = line.split(' ').next().and_then(|text| text.parse().ok()) {
                    seen.insert(thread.path(), nanoseconds);
                }
            }
        }
        if seen.is_empty() {
            return Err(io::Error::other("the kernel keeps no schedstat"));
        }
        Ok(Duration::from_nanos(seen.values().sum()))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        io::{BufRead as _, BufReader},
        process::{Command, Stdio},
    };

    use rustix::process::Pid;

    use super::Clock;

    #[test]
    fn it_agrees_with_the_kernels_ticks() {
        let work = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; read wait";
        let mut child = Command::new("sh")
            .args(["-c", work])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut String::new()).expect("it says so");
        let seconds = Clock::default().read(&[Pid::from_child(&child)]).expect("it is running").as_secs_f64();
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).expect("it is running");
        drop(child.stdin.take());
        child.wait().expect("it ends");
        let ticks: u32 = stat.split(' ').skip(13).take(2).map(|ticks| ticks.parse::<u32>().expect("a number")).sum();
        // The kernel rounds both tick counts down.
        let difference = (seconds - f64::from(ticks) / 100.0).abs();
        assert!(seconds > 0.1 && difference < 0.03, "{seconds} s, {ticks} ticks");
    }
}
