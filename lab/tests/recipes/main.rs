//! The recipes of `CONTRIBUTING.md`, followed literally: each makes the smallest thing that its recipe describes.
//!
//! * [`clause`]: a clause of the contract, seen to pass and to fail
//! * [`places`]: each recipe names every place that it changes, and no other
//!
//! The other recipes are followed where their parts are: a mechanism in `lab/tests/fourth_mechanism`, an attack in
//! `lab/tests/attack/recipe.rs`, a store in `session-svc/src/store/fourth.rs`, a peer in `benches/tests/peer.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod clause;
mod places;
