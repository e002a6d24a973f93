//! The maximum size of a session.

use authlab_mechanism::refusal::Refusal;

/// Maximum size in bytes of all keys and values of a session's items.
pub(crate) const MAX_SESSION_BYTES: usize = 64 * 1024;

/// Maximum size of a session without a login, which any client can begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnonymousRoom(pub(crate) usize);

impl AnonymousRoom {
    /// An error if items of this size exceed the limit.
    pub(crate) fn holds(self, size: usize, is_anonymous: bool) -> Result<(), Refusal> {
        let limit = if is_anonymous { self.0 } else { MAX_SESSION_BYTES };
        if size > limit { Err(too_large(limit)) } else { Ok(()) }
    }
}

pub(crate) fn too_large(limit: usize) -> Refusal {
    let what = if limit < MAX_SESSION_BYTES { "a session without a login" } else { "a session" };
    Refusal::TooLarge { what, limit }
}
