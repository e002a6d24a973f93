//! The cookie that carries the id.

use std::time::Duration;

use jiff::Timestamp;
use shared::{
    handover::{Handover, NewCookie},
    presented::Presented,
};

use crate::{
    id::SessionId,
    session::{Expiry, Session},
    store::Used,
};

/// Its name, and how long browsers keep it.
#[derive(Clone, Debug)]
pub(crate) struct SessionCookie {
    pub(crate) name: String,
    /// It goes with the browser, not with the clock; the session ends by the clock all the same.
    pub(crate) until_browser_close: bool,
}

impl SessionCookie {
    /// The text that the client presents as its id.
    pub(crate) fn text<'p>(&self, presented: &'p Presented) -> Option<&'p str> {
        presented.credential(&self.name)
    }

    /// Every id that the client presents, where it presents several: none of them is believed, and a logout ends them all.
    pub(crate) fn ids(&self, presented: &Presented) -> Vec<SessionId> {
        presented.credentials(&self.name).into_iter().filter_map(SessionId::parse).collect()
    }

    /// The id that the client presents; what cannot be one counts as none.
    pub(crate) fn id(&self, presented: &Presented) -> Option<SessionId> {
        self.text(presented).and_then(SessionId::parse)
    }

    /// The client is to hold this id until the session ends, or the browser.
    pub(crate) fn hold(&self, id: SessionId, session: &Session, now: Timestamp) -> Handover {
        let left = u64::try_from(session.expires_at.as_second() - now.as_second()).unwrap_or(0);
        let max_age = (!self.ends_with_the_browser(session)).then_some(Duration::from_secs(left));
        Handover::set_cookie(NewCookie { name: self.name.clone(), value: id.into_secret(), max_age })
    }

    /// Now and then the cookie is sent again, so that the browser keeps it as long as the session lives. One that ends with
    /// the browser is as long as it can be.
    pub(crate) fn hold_on(&self, id: SessionId, used: &Used, now: Timestamp) -> Handover {
        if used.prolonged && !self.ends_with_the_browser(&used.session) {
            self.hold(id, &used.session, now)
        } else {
            Handover::nothing()
        }
    }

    fn ends_with_the_browser(&self, session: &Session) -> bool {
        self.until_browser_close || session.expiry == Expiry::WithTheBrowser
    }

    pub(crate) fn forget(&self) -> Handover {
        Handover::delete_cookie(self.name.as_str())
    }
}
