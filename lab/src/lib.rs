//! The lab: starts the three services, plays the same journey against them, and asks any service for the contract.
//!
//! In reading order:
//!
//! * [`fleet`], [`everything`]: the three services in one process
//! * [`target`], [`client`]: somebody to talk to, and a client that keeps what it is handed
//! * [`journey`]: one scripted journey, played step by step
//! * [`compare`]: the journey side by side, for a terminal or a machine
//! * [`conformance`]: the contract, clause by clause
//! * [`attack`]: what each mechanism withstands
//! * [`drill`]: what trouble costs, and how soon replicas hear of an ending
//! * [`inspect`]: what a credential says, asked of nobody
//! * [`page`]: the journey in a browser
//! * [`cli`]: the commands

pub mod attack;
pub mod cli;
pub mod client;
pub mod compare;
pub mod conformance;
pub mod drill;
pub mod everything;
pub mod fleet;
pub mod inspect;
pub mod journey;
pub mod page;
pub mod target;
