//! Known attacks on JSON Web Tokens, tried on the service with each of its algorithms. Each test also presents a token that must be
//! accepted, because a service that refuses everything would pass as well.
//!
//! Most forgeries are signed with the service's own key, so that another rule than the signature has to refuse them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod algorithm;
mod claims;
mod forge;
mod header;
mod key_id;
mod purpose;
mod text;
mod time;
