//! Cookies whose bytes have two readings. Any site of the same domain can set such a cookie, and the browser sends it
//! here.

use authlab_client::{expect::ensure, request::Request, visitor::put_item};

use super::{Attempt, Played, fell_if};

/// Unicode's white space beyond ASCII. In a header only SP and HTAB are white space.
const WHITE_SPACE: [char; 19] = [
    '\u{85}', '\u{a0}', '\u{1680}', '\u{2000}', '\u{2001}', '\u{2002}', '\u{2003}', '\u{2004}', '\u{2005}', '\u{2006}',
    '\u{2007}', '\u{2008}', '\u{2009}', '\u{200a}', '\u{2028}', '\u{2029}', '\u{202f}', '\u{205f}', '\u{3000}',
];

/// A browser stops a sibling site from setting a cookie named `__Host-…`, but not from setting one with a space before
/// that name.
pub(super) async fn spell_the_name_with_white_space(attempt: &mut Attempt) -> Played {
    let attacker = attempt.in_a_browser("attacker").await?;
    let (name, value) = attacker.cookie()?;
    let mut victim = attempt.somebody("victim's browser");
    let planted = victim.taken_for(Request::get("/mine").cookie(name, value)).await?;
    ensure(planted.is_some(), "the cookie to log in under its own name", || "it did not".to_owned())?;
    for space in WHITE_SPACE {
        for spelled in [format!("{space}{name}"), format!("{name}{space}")] {
            let taken_for = victim.taken_for(Request::get("/mine").cookie(&spelled, value)).await?;
            fell_if(taken_for.is_some(), format!("{spelled:?} was accepted as {name:?}"))?;
        }
    }
    Ok(())
}

/// A cookie of another site, with a byte that is not UTF-8.
const THEIRS: &[u8] = b"theirs=caf\xe9";

/// A server that decodes the whole header as UTF-8 loses every cookie in it. Then it neither accepts nor ends the
/// login.
pub(super) async fn hide_the_login_behind_a_byte(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    let taken_for = victim.client.taken_for(Request::get("/mine").cookie_pair(THEIRS)).await?;
    fell_if(taken_for.is_none(), "one byte in the cookie of another site hides the login")?;
    let written = victim.ask(put_item("note", "mine").cookie_pair(THEIRS)).await?;
    written.ensure(matches!(written.status, 200 | 204), "the item to be kept")?;
    let is_replaced = victim.client.whoami().await?.as_ref() != Some(&victim.username);
    fell_if(is_replaced, "a write that came with such a cookie replaced the login")?;
    let mut thief = victim.thief();
    victim.ask(Request::post("/logout").cookie_pair(THEIRS)).await?.is(204)?;
    let outlives = attempt.about.can_end_copies() && thief.whoami().await?.is_some();
    fell_if(outlives || victim.client.whoami().await?.is_some(), "a logout that came with such a cookie ended nothing")
}
