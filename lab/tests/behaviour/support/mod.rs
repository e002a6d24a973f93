//! Programs that the tests start, and the conformance suite run against a service.

pub(crate) mod authlab;
pub(crate) mod binaries;
pub(crate) mod contract;
pub(crate) mod python;
pub(crate) mod service;
pub(crate) mod visitor;
