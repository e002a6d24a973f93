//! Cacheable answers set no credential, and a cookie makes no health check ask a store.

use super::raw::{ask, cookie_line, log_in_by_form};
use crate::support::service::Service;

#[test]
fn a_route_that_takes_no_login_renews_none() {
    let service = Service::start("token-svc", &[]);
    let target = &service.target;
    // A browser has only its refresh cookie left after its access token has expired.
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
