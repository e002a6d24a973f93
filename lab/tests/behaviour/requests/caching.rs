//! Answers that caches keep carry no credential, and probes ask no store because of a cookie.

use super::raw::{ask, cookie_line, log_in_by_form};
use crate::support::service::Service;

#[test]
fn a_route_that_takes_no_login_renews_none() {
    let service = Service::start("token-svc", &[]);
    let target = &service.target;
    // A browser whose access token has gone, as it does when it ends.
    let refresh = cookie_line(&[("refresh", &log_in_by_form(target, "alice").cookie("refresh"))]);
    for path in [
        "/style.css",
        "/.well-known/jwks.json",
        "/livez",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/docs",
        "/about",
        "/register",
        "/login",
        "/nothing-here",
    ] {
        let answer = ask(target, &format!("GET {path}"), &[&refresh], None);
        assert_eq!(answer.all("set-cookie"), Vec::<&str>::new(), "{path}");
    }
    let mine = ask(target, "GET /mine", &[&refresh], None);
    assert_eq!((mine.status, mine.all("set-cookie").len()), (200, 2));
    assert_eq!(mine.all("cache-control"), ["no-store"]);
}
