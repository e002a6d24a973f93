//! Every way in which a token has been forged, bent or passed off elsewhere, tried on this service, with each of its algorithms.
//! Beside each attack stands its twin that must be believed: what refuses everything proves nothing.
//!
//! Most forgeries are signed with the service's own key, as if it had leaked: what refuses them is then not the signature.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod algorithm;
mod claims;
mod differential;
mod forge;
mod header;
mod key_id;
mod purpose;
mod text;
mod time;
