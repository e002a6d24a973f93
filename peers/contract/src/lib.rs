//! As much of the HTTP contract as a peer speaks: the same answers as the services', so that what differs is the mechanism.
//!
//! * [`bodies`]: what goes over the wire
//! * [`accounts`]: who can log in, without the price of a password
//! * [`process`]: how the benches start and end a peer

pub mod accounts;
pub mod bodies;
pub mod process;
