//! An ending ends everything: what lives and what is refused after logouts, endings of logins and password changes, asked of real
//! processes of the three services over HTTP. The suite knows the contract and nothing of how the services keep it.
//!
//! * [`matrix`]: every mechanism and store, every ending, every clock, and a pause
//! * [`interleavings`]: random interleavings against a model
//! * [`rolling`]: the former version beside this one
//! * [`cases`]: faults seen once, each as a test of its own
//!
//! `AUTHLAB_INTERLEAVINGS` says how many interleavings are played, `AUTHLAB_SEED` which ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cases;
mod interleavings;
mod matrix;
mod rolling;
mod support;
