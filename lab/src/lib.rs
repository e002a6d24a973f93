//! The lab: runs the three services, compares them, attacks them, and checks any service against the contract.
//!
//! In reading order:
//!
//! * [`everything`]: the three services and the lab's page in one process
//! * [`journey`]: one scenario, step by step, against any number of targets
//! * [`compare`]: the journey side by side, for a terminal or a machine
//! * [`conformance`]: the contract, clause by clause
//! * [`drill`]: what an outage costs, and how soon replicas refuse a login that has ended
//! * [`inspect`]: what a credential contains, without asking a service
//! * [`page`]: the journey in a browser
//! * [`cli`]: the commands

pub mod cli;
pub mod compare;
pub mod conformance;
pub mod drill;
pub mod everything;
pub mod inspect;
pub mod journey;
pub mod page;
