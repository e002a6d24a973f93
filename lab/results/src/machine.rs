//! The machine of a run, as far as the system describes it.

use std::{fs, thread};

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Machine {
    pub processor: String,
    /// The processors that this process may use.
    pub processors: usize,
    pub memory_bytes: u64,
    pub kernel: String,
    /// Whether the machine is virtual, so that other guests may take its time.
    pub virtual_machine: bool,
}

impl Machine {
    /// The current machine. Fields that cannot be read are empty.
    pub fn here() -> Self {
        let processors = read("/proc/cpuinfo");
        Self {
            processor: value(&processors, "model name").unwrap_or_default().to_owned(),
            processors: thread::available_parallelism().map_or(0, usize::from),
            memory_bytes: value(&read("/proc/meminfo"), "MemTotal").and_then(kibibytes).unwrap_or_default() * 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            virtual_machine: value(&processors, "flags")
                .is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor")),
        }
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// The text after the first `name :`.
fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let named = |line: &'a str| line.split_once(':').filter(|(found, _)| found.trim() == name);
    text.lines().find_map(named).map(|(_, value)| value.trim())
}

fn kibibytes(text: &str) -> Option<u64> {
    text.split(' ').next()?.parse().ok()
}
