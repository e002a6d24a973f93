//! Measures the mechanisms. The machine is shared and noisy, so the benches measure CPU time, not wall time.
//!
//! * [`cpu_time`]: the measurement
//! * [`contenders`]: the mechanisms without HTTP, each with a credential that is verified before the measurement
//! * [`harness`]: servers in separate processes, and the cost of their requests

pub mod contenders;
pub mod cpu_time;
pub mod harness;
