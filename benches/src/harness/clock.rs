//! The CPU time that other processes have used, in nanoseconds, read from outside.

use std::{fs, io, time::Duration};

use nix::{errno::Errno, time::clock_getcpuclockid, unistd};
use rustix::process::Pid;

/// Each process's own CPU clock, together: threads that have ended are in it.
pub fn cpu_time_of(processes: &[Pid]) -> io::Result<Duration> {
    let of = |process: &Pid| -> io::Result<Duration> {
        let process = unistd::Pid::from_raw(process.as_raw_pid());
        match clock_getcpuclockid(process).and_then(|clock| clock.now()) {
            // One of a database's processes may end meanwhile.
            Err(Errno::ESRCH | Errno::EINVAL) => Ok(Duration::ZERO),
            time => Ok(time?.into()),
        }
    };
    processes.iter().map(of).sum()
}

/// The same as the scheduler keeps it, by thread, as a check. A thread that has ended is not in it.
pub fn scheduled(processes: &[Pid]) -> io::Result<Duration> {
    let mut sum = 0;
    for process in processes {
        for task in fs::read_dir(format!("/proc/{process}/task"))? {
            // A thread may end meanwhile.
            let line = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
            sum += line.split(' ').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
        }
    }
    Ok(Duration::from_nanos(sum))
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader},
        process::{Command, Stdio},
    };

    use rustix::process::Pid;

    use super::{cpu_time_of, scheduled};

    #[test]
    fn two_clocks_of_a_process_agree() {
        let work = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo done; read wait";
        let mut child = Command::new("sh")
            .args(["-c", work])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut String::new()).expect("it says so");
        let processes = [Pid::from_child(&child)];
        let one = cpu_time_of(&processes).expect("it is running").as_secs_f64();
        let other = scheduled(&processes).expect("it is running").as_secs_f64();
        drop(child.stdin.take());
        child.wait().expect("it ends");
        assert!(one > 0.01 && (one / other - 1.0).abs() < 0.01, "{one} s, {other} s");
    }
}
