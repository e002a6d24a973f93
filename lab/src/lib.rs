//! The lab: starts the three services, runs one journey of requests against them, and checks any service against the
//! contract.
//!
//! In reading order:
//!
//! * [`everything`]: the three services and the lab's page in one process
//! * [`journey`]: one fixed sequence of requests, run step by step
//! * [`compare`]: the journey's answers side by side, for a terminal or as JSON
//! * [`drill`]: the cost of a disruption, and the delay until all replicas know of an ended login
//! * [`inspect`]: decodes a credential offline
//! * [`page`]: the journey in a browser
//! * [`cli`]: the commands, and `table`, which draws their tables

pub mod cli;
pub mod compare;
pub mod drill;
pub mod everything;
pub mod inspect;
pub mod journey;
pub mod page;
mod table;
