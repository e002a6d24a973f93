//! Weak twins: the real service with exactly one defence undone, so that an attack is seen to succeed without it.
//!
//! None of this is in a service, nor in the lab's program: it is compiled into this test alone. See
//! `docs/decisions/0006-weak-twins.md`.
//!
//! * `server`: starts a service with one weakness
//! * `mechanism`: the decorator around a mechanism; `endings`, `handing_out`, `believing`, `tokens`, `refreshing` are what it may
//!   get wrong
//! * `front`: what the layers around the mechanism may get wrong; `head` and `clients` are what it changes in a request
//! * `wire`: a proxy that mistakes the length of requests

pub(crate) mod believing;
pub(crate) mod clients;
pub(crate) mod endings;
pub(crate) mod front;
pub(crate) mod handing_out;
pub(crate) mod head;
pub(crate) mod mechanism;
pub(crate) mod refreshing;
pub(crate) mod server;
pub(crate) mod tokens;
pub(crate) mod wire;
