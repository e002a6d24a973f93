//! The lab: starts the three services, runs one journey of requests against them, and checks any service against the
//! contract.
//!
//! In reading order:
//!
//! * [`fleet`], [`everything`]: the three services in one process
//! * [`target`], [`client`]: a service by its URL, and an HTTP client with a cookie jar
//! * [`journey`]: one fixed sequence of requests, run step by step
//! * [`compare`]: the journey's answers side by side, for a terminal or as JSON
//! * [`conformance`]: the contract, checked clause by clause
//! * [`attack`]: the attack matrix
//! * [`drill`]: the cost of a disruption, and the delay until all replicas know of an ended login
//! * [`inspect`]: decodes a credential offline
//! * [`page`]: the journey in a browser
//! * [`results`]: what the benches measured
//! * [`report`]: the comparison, its verdicts, and capacity estimates
//! * [`engines`]: starts real stores for tests
//! * [`cli`]: the commands

pub mod cli;
pub mod compare;
pub mod conformance;
pub mod drill;
pub mod everything;
pub mod inspect;
pub mod journey;
pub mod page;
