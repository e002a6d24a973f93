//! What the mechanisms cost. The machine is shared and noisy, so it is CPU time that is measured, not the time on the wall.
//!
//! * [`cpu_time`]: the measurement
//! * [`contenders`]: the mechanisms without HTTP, each with a credential that was verified before anything is timed
//! * [`harness`]: servers, each a process of its own, and what a request costs them

pub mod contenders;
pub mod cpu_time;
pub mod harness;
