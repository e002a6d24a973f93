//! The services' own pages: a user registers, logs in, sees the account and logs out, with forms only.

use std::{net::SocketAddr, time::Duration};

use authlab_client::{target::Target, visitor::PASSWORD};
use authlab_fleet::Fleet;
use fantoccini::Locator;

use super::window::{Size, Window};

const USERNAME: &str = "爱丽丝 <b>&amp;</b>";
/// A window at one service.
struct Visit<'a> {
    window: &'a Window,
    name: String,
    address: SocketAddr,
}

impl<'a> Visit<'a> {
    fn new(window: &'a Window, target: &Target) -> Self {
        Self { window, name: target.name.clone(), address: target.authority().parse().unwrap() }
    }

    async fn go(&self, path: &str) {
        self.window.visit(self.address, path).await;
    }

    async fn send(&self, action: &str, fields: &[(&str, &str)]) {
        let css = format!("form[action='{action}']");
        let form = self.window.page.form(Locator::Css(&css)).await.unwrap();
        for (name, value) in fields {
            form.set_by_name(name, value).await.unwrap();
        }
        self.window.click(&format!("{css} button")).await;
    }

    async fn expect_path(&self, path: &str) {
        let url = format!("http://{}{path}", self.address);
        let waited = self.window.page.wait().for_url(&url.parse().unwrap()).await;
        let at = self.window.page.current_url().await.unwrap();
        assert!(waited.is_ok(), "{} is at {at}, not at {path}", self.name);
    }

    async fn expect_fitting(&self) {
        for size in [Size::Phone, Size::Desk] {
            self.window.size(size).await;
            assert_eq!(self.window.overflow().await, 0, "{} on {size:?}", self.name);
        }
    }
}

#[tokio::test]
async fn one_registers_logs_in_and_leaves_by_form_on_each_service() {
    let Some(window) = Window::open().await else { return };
    let fleet = Fleet::start().await.unwrap();
    for target in fleet.targets() {
        let visit = Visit::new(&window, &target);
        visit.go("/register").await;
        visit.expect_fitting().await;
        // The services of a fleet share their accounts, so each needs its own username.
        let name = format!("{USERNAME} {}", target.name);
        visit.send("/register", &[("username", &name), ("password", PASSWORD)]).await;
        visit.expect_path("/login").await;
        visit.go("/mine").await;
        visit.expect_path("/login?next=/mine").await;
        visit.expect_fitting().await;
        visit.send("/login", &[("username", &name), ("password", PASSWORD)]).await;
        visit.expect_path("/mine").await;
        assert_eq!(window.find("h1").await.text().await.unwrap(), name);
        visit.expect_fitting().await;
        visit.send("/logout", &[]).await;
        visit.expect_path("/").await;
        visit.go("/mine").await;
        visit.expect_path("/login?next=/mine").await;
        assert_eq!(window.console().await, Vec::<String>::new(), "{}", visit.name);
        expect_own_requests(&window, &visit).await;
    }
}

async fn expect_own_requests(window: &Window, visit: &Visit<'_>) {
    let own = format!("http://{}/", visit.address);
    for url in window.requests().await {
        assert!(url.starts_with(&own) || url.starts_with("data:"), "{} asked for {url}", visit.name);
    }
}

/// These pages contain no script: the service refreshes the expired token.
#[tokio::test]
async fn one_stays_logged_in_past_the_end_of_the_token() {
    let Some(window) = Window::open().await else { return };
    let fleet = Fleet::start_with(|_, mechanisms| mechanisms.token.access_token_lifetime = Duration::from_secs(1));
    let fleet = fleet.await.unwrap();
    let target = fleet.targets().into_iter().find(|target| target.name == "token-svc").unwrap();
    let visit = Visit::new(&window, &target);
    let cookie = |name: &'static str| {
        let page = window.page.clone();
        async move { page.get_named_cookie(name).await.unwrap().value().to_owned() }
    };
    visit.go("/register").await;
    visit.send("/register", &[("username", USERNAME), ("password", PASSWORD)]).await;
    visit.expect_path("/login").await;
    visit.send("/login", &[("username", USERNAME), ("password", PASSWORD)]).await;
    visit.expect_path("/mine").await;
    for _ in 0..2 {
        let before = (cookie("token").await, cookie("refresh").await);
        // The service runs on the real clock: one second of lifetime, five of leeway, and the rest of the second of
        // issue.
        tokio::time::sleep(Duration::from_millis(7_100)).await;
        visit.go("/mine").await;
        visit.expect_path("/mine").await;
        assert_eq!(window.find("h1").await.text().await.unwrap(), USERNAME);
        assert!(cookie("token").await != before.0 && cookie("refresh").await != before.1, "both cookies were replaced");
    }
    assert_eq!(window.run("return document.cookie").await, "", "no script can read the cookies");
    visit.send("/logout", &[]).await;
    visit.expect_path("/").await;
    visit.go("/mine").await;
    visit.expect_path("/login?next=/mine").await;
    assert!(window.page.get_named_cookie("refresh").await.is_err(), "the logout deletes the refresh cookie");
}

#[tokio::test]
async fn a_wrong_password_is_said_to_the_person_and_the_name_is_kept() {
    let Some(window) = Window::open().await else { return };
    let fleet = Fleet::start().await.unwrap();
    for target in fleet.targets() {
        let visit = Visit::new(&window, &target);
        visit.go("/login").await;
        visit.send("/login", &[("username", "nobody"), ("password", "a wrong password")]).await;
        let alert = window.find("[role=alert]").await;
        assert!(!alert.text().await.unwrap().is_empty());
        let value =
            |element: fantoccini::elements::Element| async move { element.prop("value").await.unwrap().unwrap() };
        assert_eq!(value(window.find("#username").await).await, "nobody", "{}", visit.name);
        assert_eq!(value(window.find("#password").await).await, "", "{}", visit.name);
    }
}

#[tokio::test]
async fn home_and_docs_can_be_read_on_a_phone_and_a_link_opens_its_call() {
    let Some(window) = Window::open().await else { return };
    let fleet = Fleet::start().await.unwrap();
    for target in fleet.targets() {
        let visit = Visit::new(&window, &target);
        visit.go("/").await;
        visit.expect_fitting().await;
        visit.go("/docs").await;
        window.click(".contents a[href='#post--login']").await;
        assert_eq!(window.run("return document.getElementById('post--login').checkVisibility()").await, true);
        window.run("document.querySelectorAll('details').forEach(call => call.open = true)").await;
        visit.expect_fitting().await;
        assert_eq!(window.console().await, Vec::<String>::new(), "{}", visit.name);
    }
}
