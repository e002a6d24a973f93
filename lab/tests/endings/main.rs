//! Which logins are active and which are refused after logouts, endings and password changes. The tests ask real
//! processes of the three services over HTTP and know only the contract.
//!
//! * [`matrix`]: every mechanism, store, ending and clock, and a paused process
//! * [`interleavings`]: random interleavings compared with a model
//! * [`rolling`]: the former version runs next to this one
//! * [`cases`]: one regression test per fault that was found
//!
//! `AUTHLAB_INTERLEAVINGS` sets how many interleavings run, `AUTHLAB_SEED` which ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cases;
mod interleavings;
mod matrix;
mod rolling;
mod support;
