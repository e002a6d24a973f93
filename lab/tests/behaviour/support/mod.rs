//! Real programs for the tests: the lab's own binary, a PostgreSQL server, and Python.

pub(crate) mod authlab;
pub(crate) mod postgres;
pub(crate) mod python;
pub(crate) mod requirement;
