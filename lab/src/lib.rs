//! The lab: runs the three services, compares them, attacks them, and checks any service against the contract.
//!
//! In reading order:
//!
//! * [`everything`]: the three services and the lab's page in one process
//! * [`journey`]: one scenario, step by step, against any number of targets
//! * [`compare`]: the journey side by side, for a terminal or a machine
//! * [`attack`]: what each mechanism withstands
//! * [`drill`]: what an outage costs, and how soon replicas refuse a login that has ended
//! * [`inspect`]: what a credential contains, without asking a service
//! * [`page`]: the journey in a browser
//! * [`results`]: the format of measurements
//! * [`report`]: the comparison, its verdicts, and the capacity for a number of users
//! * [`engines`]: starts Redis, PostgreSQL and other servers for tests
//! * [`cli`]: the commands

pub mod attack;
pub mod cli;
pub mod compare;
pub mod drill;
pub mod engines;
pub mod everything;
pub mod inspect;
pub mod journey;
pub mod page;
pub mod report;
pub mod results;
