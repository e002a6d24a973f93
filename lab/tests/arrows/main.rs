//! Who may import whom: ARCHITECTURE.md draws it, these tests hold it.
//!
//! Crates are read from `cargo metadata`, with the dependencies of tests and build scripts. Modules are read from the sources.

mod crates;
mod modules;
mod paths;
