//! Session ids: a text that is not the id gives no login, and the service never adopts it as an id.

#![no_main]

use std::convert::identity;

use authlab_clock::Clock;
use authlab_mechanism::{handover::{CookieChange, Handover}, items::{NewItem, Sealing}, login::{Account, Device, NewLogin}, Mechanism as _, refusal::Denied};
use authlab_service::settings::defaults;
use fuzz::{NOW, altered, fields, number, wait, with_cookies};
use libfuzzer_sys::fuzz_target;
use session_svc::StoredSessions;

fuzz_target!(|input: &str| {
    let [choice, text] = fields(input);
    let choice = number(choice);
    let sessions = StoredSessions::in_memory(&defaults(identity), Clock::manual(NOW)).expect("the defaults agree");
    let account = Account { id: choice, username: "alice".to_owned(), generation: 0 };
    let (shown, device) = (with_cookies([("sessionid", text)]), Device::default());
    let id = wait(sessions.login(NewLogin::new(&shown, &account, &device)));
    let id = given(&id.expect("a login").handover);
    assert_ne!(id, text, "an id that the client chose was adopted");

    let recalled =
        |value: &str| wait(sessions.recall(&with_cookies([("sessionid", value)]))).expect("one cookie").login;
    assert_eq!(recalled(&id).expect("the login").username, "alice");
    let like_an_id = text.len() == 32 && text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9'));
    assert_eq!(recalled(text), Err(if like_an_id { Denied::Ended } else { Denied::Malformed }));
    if let Some(other) = altered(&id, choice) {
        assert!(recalled(&other).is_err(), "{other:?} passed for {id:?}");
    }
    let twice = wait(sessions.recall(&with_cookies([("sessionid", id.as_str()), ("sessionid", text)])));
    assert_eq!(twice.expect("an answer").login, Err(Denied::Missing), "one of two cookies was believed");

    let item = NewItem {
        key: "k".parse().expect("a key"),
        value: text.to_owned(),
        max_age: None,
        sealing: Sealing::default(),
    };
    if let Ok(handover) = wait(sessions.put_item(&with_cookies([("sessionid", text)]), item)) {
        let fresh = given(&handover);
        assert!(fresh != text && fresh != id);
        let items = wait(sessions.recall(&with_cookies([("sessionid", fresh.as_str())]))).expect("one cookie").items;
        assert_eq!(items.get("k").map(String::as_str), Some(text));
    }
});

/// The session id that the handover sets.
fn given(handover: &Handover) -> String {
    match handover.cookies.as_slice() {
        [CookieChange::Set(cookie)] if cookie.name == "sessionid" => cookie.value.expose().to_owned(),
        other => panic!("one cookie was to be set: {other:?}"),
    }
}
