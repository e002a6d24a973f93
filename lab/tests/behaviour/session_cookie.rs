//! The settings of session-svc determine its cookie's attributes; settings that browsers would reject are refused.

use authlab_client::{request::Request, set_cookie::SetCookie, visitor::Visitor};
use authlab_fleet::Fleet;
use authlab_mechanism::cookie_attributes::{SameSite, SecureCookies};
use session_svc::SessionSettings;

use super::support::authlab::run;

/// The cookie that a login sets, and the one with which its logout deletes it.
async fn cookies(change: impl FnOnce(&mut SessionSettings)) -> (SetCookie, SetCookie) {
    let fleet = Fleet::start_with(|_, mechanisms| change(&mut mechanisms.session)).await.unwrap();
    let target = fleet.targets().into_iter().find(|target| target.name == "session-svc").unwrap();
    let mut visitor = Visitor::new(&target, "alice").await.unwrap();
    let set = visitor.login.set_cookies().next().unwrap();
    let shown = Request::post("/logout").without_credential().cookie(set.name(), set.value());
    let logout = visitor.ask(shown).await.unwrap();
    assert_eq!(logout.status, 204);
    let deleted = logout.set_cookies().next().unwrap();
    assert!(deleted.deletes());
    (set, deleted)
}

fn dress(cookie: &SetCookie) -> (Option<&str>, Option<&str>, Option<String>, bool, bool) {
    let same_site = cookie.same_site().map(|site| site.to_string());
    (cookie.domain(), cookie.path(), same_site, cookie.secure() == Some(true), cookie.http_only() == Some(true))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_dressed_as_the_settings_say_and_deleted_in_the_same_dress() {
    let (set, deleted) = cookies(|settings| {
        settings.session_cookie_name = "sid".to_owned();
        settings.session_cookie_domain = Some("example.com".to_owned());
        settings.session_cookie_path = "/app".to_owned();
        settings.session_cookie_samesite = SameSite::None;
        settings.session_cookie_secure = Some(SecureCookies::On);
    })
    .await;
    assert_eq!((set.name(), deleted.name()), ("sid", "sid"));
    assert_eq!(dress(&set), (Some("example.com"), Some("/app"), Some("None".to_owned()), true, true));
    assert_eq!(dress(&deleted), dress(&set));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_cookie_is_secure_for_the_whole_host_and_for_it_alone() {
    let (set, deleted) = cookies(|settings| {
        settings.session_cookie_name = "__Host-sessionid".to_owned();
        settings.session_cookie_secure = Some(SecureCookies::On);
        settings.session_cookie_samesite = SameSite::Strict;
    })
    .await;
    assert_eq!(set.name(), "__Host-sessionid");
    assert_eq!(dress(&set), (None, Some("/"), Some("Strict".to_owned()), true, true));
    assert_eq!(dress(&deleted), dress(&set));
}

#[tokio::test(flavor = "multi_thread")]
async fn left_alone_it_is_called_and_dressed_as_the_contract_says() {
    let (set, _) = cookies(|_| {}).await;
    assert_eq!(set.name(), "sessionid");
    assert_eq!(dress(&set), (None, Some("/"), Some("Lax".to_owned()), false, true));
}

#[test]
fn what_contradicts_itself_is_refused_in_one_sentence() {
    for (arguments, words) in [
        (vec!["--session-cookie-samesite", "None"], "SESSION_COOKIE_SECURE: a cookie with SameSite=None"),
        (vec!["--session-cookie-samesite", "none", "--cookie-secure", "off"], "SESSION_COOKIE_SECURE: "),
        (
            vec!["--session-cookie-name", "__Host-sessionid"],
            "SESSION_COOKIE_SECURE: a cookie called `__Host-…` or `__Secure-…`",
        ),
        (
            vec![
                "--session-cookie-name",
                "__Host-a",
                "--cookie-secure",
                "on",
                "--session-cookie-domain",
                "example.com",
            ],
            "SESSION_COOKIE_DOMAIN: a cookie called `__Host-…`",
        ),
        (
            vec!["--session-cookie-name", "__Host-a", "--cookie-secure", "on", "--session-cookie-path", "/app"],
            "SESSION_COOKIE_PATH: a cookie called `__Host-…`",
        ),
        (vec!["--session-cookie-name", "session id"], "SESSION_COOKIE_NAME: a cookie's name"),
        (vec!["--session-cookie-path", "app"], "SESSION_COOKIE_PATH: a cookie's path"),
        (vec!["--session-cookie-domain", "a;b"], "SESSION_COOKIE_DOMAIN: a cookie's domain"),
    ] {
        let output = run(&arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?} {said}");
        assert_eq!(said.trim().lines().count(), 1, "{said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    for arguments in
        [["--session-cookie-age", "0"], ["--session-absolute-age", "0.5"], ["--session-cookie-samesite", "Loose"]]
    {
        assert_eq!(run(&arguments).status.code(), Some(1), "{arguments:?}");
    }
}
