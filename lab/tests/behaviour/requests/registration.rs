//! `REGISTRATION=closed`: existing accounts can log in, new ones cannot register, and no page links to the
//! registration.

use authlab_client::visitor::{PASSWORD, account};
use serde_json::json;

use super::raw::{ask, registered};
use crate::support::service::{NAMES, Service};

#[test]
fn where_registration_is_closed_only_accounts_that_there_are_log_in() {
    for name in NAMES {
        let before = Service::start(name, &[]);
        let alice = registered(&before.target, "alice");
        let data = before.folder.path().join("data");
        let database = format!("sqlite:{}", data.join("authlab.sqlite3").display());
        let closed = Service::start(name, &["--registration", "closed", "--database-url", &database]);
        let target = &closed.target;
        let bob = account("bob", PASSWORD);
        let html: &[u8] = b"Accept: text/html";
        for refused in [
            ask(target, "POST /register", &[], Some(&bob)),
            ask(target, "POST /register", &[], Some(&alice)),
            ask(target, "GET /register", &[], None),
        ] {
            assert_eq!(
                (refused.status, &refused.json()["type"]),
                (403, &json!("/problems/registration-closed")),
                "{name}"
            );
        }
        let page = ask(target, "GET /register", &[html], None);
        assert!(page.status == 403 && page.all("content-type") == ["text/html; charset=utf-8"], "{name}");
        for path in ["/", "/login", "/docs", "/nothing-here"] {
            let page = ask(target, &format!("GET {path}"), &[html], None);
            assert!(!page.body.contains("href=\"/register"), "{name} {path}");
        }
        assert_eq!(ask(target, "POST /login", &[], Some(&alice)).status, 200, "{name}");
        assert_eq!(ask(target, "POST /login", &[], Some(&bob)).status, 401, "{name}");
    }
}
