//! The cookie with the session id.

use std::time::Duration;

use authlab_mechanism::{
    handover::{Handover, NewCookie},
    presented::Presented,
};
use jiff::Timestamp;

use crate::{
    id::SessionId,
    session::{Expiry, Session},
    store::Used,
};

/// The cookie's name, and how long browsers keep it.
#[derive(Clone, Debug)]
pub(crate) struct SessionCookie {
    pub(crate) name: String,
    /// Whether the cookie ends when the browser is closed. The session still ends by the clock.
    pub(crate) until_browser_close: bool,
}

impl SessionCookie {
    /// The cookie's value as the client sent it.
    pub(crate) fn text<'p>(&self, presented: &'p Presented) -> Option<&'p str> {
        presented.credential(&self.name)
    }

    /// All ids that the client sent. If there are several, none of them is valid, but a logout ends all of them.
    pub(crate) fn ids(&self, presented: &Presented) -> Vec<SessionId> {
        presented.credentials(&self.name).into_iter().filter_map(SessionId::parse).collect()
    }

    /// The session id that the client sent. A malformed value counts as none.
    pub(crate) fn id(&self, presented: &Presented) -> Option<SessionId> {
        self.text(presented).and_then(SessionId::parse)
    }

    /// Sets the cookie until the session ends, or until the browser is closed.
    pub(crate) fn set(&self, id: SessionId, session: &Session, now: Timestamp) -> Handover {
        let left = u64::try_from(session.expires_at.as_second() - now.as_second()).unwrap_or(0);
        let max_age = (!self.ends_with_the_browser(session)).then_some(Duration::from_secs(left));
        Handover::set_cookie(NewCookie { name: self.name.clone(), value: id.into_secret(), max_age })
    }

    /// Sets the cookie again if the session was prolonged, so that the browser keeps it as long. Not needed if the cookie ends with the
    /// browser.
    pub(crate) fn set_if_prolonged(&self, id: SessionId, used: &Used, now: Timestamp) -> Handover {
        if used.prolonged && !self.ends_with_the_browser(&used.session) {
            self.set(id, &used.session, now)
        } else {
            Handover::nothing()
        }
    }

    fn ends_with_the_browser(&self, session: &Session) -> bool {
        self.until_browser_close || session.expiry == Expiry::WithTheBrowser
    }

    pub(crate) fn delete(&self) -> Handover {
        Handover::delete_cookie(self.name.as_str())
    }
}
