//! A browser may send two cookies with one name, from a former setting or a sibling host. A login or a logout repairs
//! this.

use super::raw::{ask, ask_host, cookie_line, credential_of, log_in_by_form, registered};
use crate::support::service::{NAMES, Service};

#[test]
fn of_two_different_credentials_neither_is_believed_and_equal_ones_are_one() {
    for name in NAMES {
        let service = Service::start(name, &[]);
        let target = &service.target;
        let credential = credential_of(name);
        let (alice, bob) =
            (log_in_by_form(target, "alice").cookie(credential), log_in_by_form(target, "bob").cookie(credential));
        let mine = |pairs: &[(&str, &str)]| ask(target, "GET /mine", &[&cookie_line(pairs)], None).status;
        assert_eq!(mine(&[(credential, &alice), (credential, &alice)]), 200, "{name}");
        assert_eq!(mine(&[(credential, &alice), (credential, &bob)]), 401, "{name}");

        let both = cookie_line(&[(credential, &alice), (credential, &bob)]);
        let carol = registered(target, "carol");
        assert_eq!(ask(target, "POST /login", &[&both], Some(&carol)).status, 200, "{name}: a login works");
        assert_eq!(mine(&[(credential, &alice)]), 200, "{name}");
        assert_eq!(ask(target, "POST /logout", &[&both], None).status, 204, "{name}");
        for value in [&alice, &bob] {
            assert_eq!(mine(&[(credential, value)]), 401, "{name}: the logout ends every presented login");
        }
    }
}

#[test]
fn login_and_logout_delete_the_credential_wherever_else_a_browser_may_keep_it() {
    let service = Service::start("session-svc", &["--former-cookie-scopes", "example.com/old,/older"]);
    let target = &service.target;
    let alice = registered(target, "alice");
    let both = cookie_line(&[("sessionid", "a"), ("sessionid", "b")]);
    let host = "shop.www.example.com:8002";
    let scopes = |answer: &super::raw::Raw| {
        let deletions = answer.all("set-cookie").into_iter().filter(|line| line.starts_with("sessionid=\"\";"));
        let attribute = |line: &str, name: &str| {
            let found = line.split("; ").find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            found.unwrap_or_default().to_owned()
        };
        deletions.map(|line| attribute(line, "Domain") + &attribute(line, "Path")).collect::<Vec<String>>()
    };
    let others = ["shop.www.example.com/", "www.example.com/", "example.com/", "example.com/old", "/older"];
    let logout = ask_host(target, host, "POST /logout", &[&both], None);
    assert_eq!(scopes(&logout), [&["/"], &others[..]].concat());
    let login = ask_host(target, host, "POST /login", &[&both], Some(&alice));
    assert_eq!(scopes(&login), others);
    let last = login.all("set-cookie").pop().unwrap().to_owned();
    assert!(!last.starts_with("sessionid=\"\""), "the new cookie comes last: {last}");
    let fresh = ask_host(target, host, "POST /login", &[], Some(&alice));
    assert_eq!(fresh.all("set-cookie").len(), 1, "without a cookie there is none to delete");
}

/// After a restart with `SESSION_COOKIE_DOMAIN` the browser has the old cookie for the host and gets one for the
/// domain.
#[test]
fn a_changed_domain_locks_no_browser_out() {
    let settings = ["--session-cookie-domain", "example.com", "--session-cookie-path", "/app"];
    let service = Service::start("session-svc", &settings);
    let target = &service.target;
    let alice = registered(target, "alice");
    let old = cookie_line(&[("sessionid", "0123456789abcdefghijklmnopqrstuv")]);
    let login = ask_host(target, "www.example.com", "POST /login", &[&old], Some(&alice));
    let deleted: Vec<&str> =
        login.all("set-cookie").into_iter().filter(|line| line.starts_with("sessionid=\"\"")).collect();
    let host_only = deleted.iter().any(|line| !line.contains("Domain=") && line.contains("Path=/;"));
    assert!(host_only, "{deleted:#?}");
}
