//! Real programs for the tests: the lab's own binary, PostgreSQL, Redis, and Python; and the contract, asked of any of them.

pub(crate) mod authlab;
pub(crate) mod binaries;
pub(crate) mod contract;
pub(crate) mod postgres;
pub(crate) mod python;
pub(crate) mod redis;
pub(crate) mod requirement;
pub(crate) mod service;
pub(crate) mod visitor;
