//! From the command line to a running service. A service crate brings a [`Service`]: its settings, and how they become a mechanism.
//!
//! * [`settings`]: the settings that all services share; [`choice`]: enums among them; [`redis`]: the connection to Redis
//! * [`Ground`]: what every mechanism is built on
//! * [`start`](fn@start): binds the address and opens everything that can fail
//! * [`main`]: the `main` of a service
//! * [`purge_regularly`]: deletes what has expired
//! * [`log`]: log and traces of the process

pub mod choice;
mod command_line;
mod error;
mod ground;
pub mod log;
#[cfg(feature = "otlp")]
mod otlp;
mod purge;
pub mod redis;
mod service;
pub mod settings;
mod start;

pub use self::{
    command_line::{block_on, failure, main, usage},
    error::StartError,
    ground::Ground,
    purge::purge_regularly,
    service::{Errand, HEALTHCHECK, MIGRATE, Service},
    start::{Started, start},
};
pub use authlab_server::{seconds, some_seconds};
