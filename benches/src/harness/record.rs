//! Records the measurements as they come, so that an interrupted run keeps its results.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use authlab_clock::Clock;
use authlab_results::{self as results, Control, FORMAT, Figure, LeftOut, Machine, Metric, Point, Round, Run};

use super::{contender::CONTENDERS, peer};

/// A run in progress.
#[derive(Debug)]
pub struct Recorder {
    pub run: Run,
    places: BTreeMap<(Metric, Point), usize>,
    file: Option<PathBuf>,
}

impl Recorder {
    /// Starts a run with a file in this folder, named after the time; without a folder nothing is written.
    pub fn begin(command: &str, folder: Option<&Path>) -> io::Result<Self> {
        let started = Clock::system().now();
        let contenders = CONTENDERS.iter().map(|contender| results::Contender {
            name: contender.name.to_owned(),
            family: contender.family,
            about: contender.about.to_owned(),
        });
        let run = Run {
            format: FORMAT,
            started,
            command: command.to_owned(),
            machine: Machine::here(),
            versions: versions(),
            contenders: contenders.collect(),
            ..Run::default()
        };
        let file = folder.map(|folder| folder.join(format!("{}.json", started.strftime("%Y-%m-%dT%H%M%SZ"))));
        if let Some(folder) = folder {
            fs::create_dir_all(folder)?;
        }
        Ok(Self { run, places: BTreeMap::new(), file })
    }

    /// Adds a sample to this figure.
    pub fn push(&mut self, launch: u32, metric: Metric, at: &Point, value: f64) {
        let figures = &mut self.run.figures;
        let place = *self.places.entry((metric, at.clone())).or_insert_with(|| {
            figures.push(Figure { metric, at: at.clone(), samples: Vec::new() });
            figures.len() - 1
        });
        let samples = &mut figures[place].samples;
        let launch = usize::try_from(launch).unwrap_or_default();
        if samples.len() <= launch {
            samples.resize(launch + 1, Vec::new());
        }
        // Rounding to a tenth loses no measurable difference, and keeps the file readable.
        samples[launch].push((value * 10.0).round() / 10.0);
    }

    pub fn round(&mut self, launch: u32, round: u32, foreign: f64) {
        self.run.rounds.push(Round { launch, round, foreign: (foreign * 1e4).round() / 1e4 });
    }

    /// Records a control: a quantity that must lie between these bounds, if there are any.
    pub fn control(&mut self, what: String, value: f64, bounds: [Option<f64>; 2]) {
        let [low, high] = bounds;
        self.run.controls.push(Control { what, value: (value * 1e4).round() / 1e4, low, high });
    }

    /// Records once that this could not be measured.
    pub fn leave_out(&mut self, what: &str, why: &str) {
        let left_out = LeftOut { what: what.to_owned(), why: why.to_owned() };
        if !self.run.left_out.contains(&left_out) {
            self.run.left_out.push(left_out);
        }
    }

    /// Records that there was no time for this.
    pub fn leave_out_for_time(&mut self, what: &str) {
        self.leave_out(what, "this machine took too long for those before");
    }

    pub fn finish(&mut self) -> io::Result<()> {
        self.run.finished = Some(Clock::system().now());
        self.save()
    }

    /// Writes the results so far.
    pub fn save(&self) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        fs::write(file, serde_json::to_string(&self.run)? + "\n")
    }

    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

/// Converts a count for arithmetic. Counts here stay far below the 52 bits that a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "there is no loss below 2^52")]
pub fn float(count: u64) -> f64 {
    count as f64
}

fn versions() -> BTreeMap<String, String> {
    let asked = [
        ("rustc", "rustc", ["--version"].as_slice()),
        ("authlab", "git", &["describe", "--always", "--dirty"]),
        ("redis", "redis-server", &["--version"]),
        ("postgres", "psql", &["--version"]),
    ];
    let answer = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().ok()?;
        let line = String::from_utf8_lossy(&output.stdout).lines().next()?.trim().to_owned();
        output.status.success().then_some(line)
    };
    let known =
        asked.into_iter().filter_map(|(name, program, arguments)| Some((name.to_owned(), answer(program, arguments)?)));
    peer::versions().into_iter().chain(known).collect()
}

/// The processors' time until a moment, in ticks of the kernel. It shows the load of other processes since then.
#[derive(Debug)]
pub struct Foreign {
    /// The CPU time of our processes.
    own: Duration,
    all: u64,
    busy: u64,
}

impl Foreign {
    pub fn begin(own: Duration) -> io::Result<Self> {
        let text = fs::read_to_string("/proc/stat")?;
        let first = text.lines().next().unwrap_or_default();
        // user nice system idle iowait irq softirq steal; the later columns are included in these.
        let ticks: Vec<u64> = first.split_whitespace().skip(1).take(8).filter_map(|ticks| ticks.parse().ok()).collect();
        let idle: u64 = ticks.iter().skip(3).take(2).sum();
        let all = ticks.iter().sum();
        Ok(Self { own, all, busy: all - idle })
    }

    /// The share of all processors' time since then that other processes or virtual machines used.
    pub fn share(&self, own: Duration) -> io::Result<f64> {
        let now = Self::begin(own)?;
        let own = own.saturating_sub(self.own).as_secs_f64() * float(rustix::param::clock_ticks_per_second());
        let all = float((now.all - self.all).max(1));
        Ok(((float(now.busy - self.busy) - own) / all).max(0.0))
    }
}
