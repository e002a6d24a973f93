//! How much a session may hold.

use shared::refusal::Refusal;

/// Bytes that keys and values of the items may take together.
pub(crate) const BIGGEST_SESSION: usize = 64 * 1024;

/// The same for a session without a login: anybody can begin one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnonymousRoom(pub(crate) usize);

impl AnonymousRoom {
    /// Refuses items that take more bytes than a session may hold.
    pub(crate) fn holds(self, size: usize, is_anonymous: bool) -> Result<(), Refusal> {
        let limit = if is_anonymous { self.0 } else { BIGGEST_SESSION };
        if size > limit { Err(too_large(limit)) } else { Ok(()) }
    }
}

pub(crate) fn too_large(limit: usize) -> Refusal {
    let what = if limit < BIGGEST_SESSION { "a session without a login" } else { "a session" };
    Refusal::TooLarge { what, limit }
}
