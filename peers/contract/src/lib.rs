//! The part of the HTTP contract that a peer needs. The answers equal those of the services, so that only the mechanism
//! differs.
//!
//! * [`bodies`]: bodies and headers
//! * [`accounts`]: accounts, without the cost of password hashes
//! * [`process`]: how the benches start and stop a peer

pub mod accounts;
pub mod bodies;
pub mod process;
