//! Weak twins: the real service without exactly one defence. They show that an attack succeeds without this defence.
//!
//! Only this test contains the twins, neither the services nor the lab. See `docs/decisions/0006-weak-twins.md`.
//!
//! * `server`: starts a service with a weakness
//! * `mechanism`: the decorator around a mechanism; its weaknesses are in `endings`, `handing_out`, `believing`,
//!   `tokens` and `refreshing`
//! * `front`: weaknesses of the layers around the mechanism; `head` and `clients` change the request
//! * `wire`: a proxy with lenient framing

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
