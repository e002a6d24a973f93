//! Programs for the tests: the lab's binary, the services, PostgreSQL, Redis and Python; and the check of the contract.

pub(crate) mod authlab;
pub(crate) mod binaries;
pub(crate) mod contract;
pub(crate) mod python;
pub(crate) mod service;
pub(crate) mod visitor;
