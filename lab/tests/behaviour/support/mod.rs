//! Real programs for the tests: the lab's own binary, and a PostgreSQL server.

pub(crate) mod authlab;
pub(crate) mod postgres;
pub(crate) mod requirement;
