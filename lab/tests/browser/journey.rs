//! The journey as a user sees it: step by step, all at once, by mouse, by keyboard, and without JavaScript.

use std::net::SocketAddr;

use authlab_fleet::Fleet;
use lab::journey::scenarios::ATTACKS;

use super::window::{Size, Window};
use crate::{STEPS, served};

/// The Enter key in `WebDriver`'s encoding.
const ENTER: &str = "\u{e007}";

/// A browser window with the lab page of three running services.
struct Lab {
    window: Window,
    address: SocketAddr,
    _fleet: Fleet,
}

impl Lab {
    async fn open() -> Option<Self> {
        let window = Window::open().await?;
        let fleet = Fleet::start().await.unwrap();
        let address = served(fleet.targets()).await;
        window.visit(address, "/").await;
        Some(Self { window, address, _fleet: fleet })
    }

    /// Expects a step with three columns, each with an HTTP status.
    async fn expect_step(&self, number: usize) {
        let step = format!(".step:nth-of-type({number})");
        self.window.find(&step).await;
        assert_eq!(self.window.count(&format!("{step} .channel")).await, 3, "step {number}");
        let script = format!(
            "return [...document.querySelectorAll('{step} .channel')]
                .map(channel => channel.querySelector('.statuses .status')?.textContent ?? '')"
        );
        for status in self.window.run(&script).await.as_array().unwrap() {
            let status: u16 = status.as_str().unwrap().parse().unwrap_or(0);
            assert!((200..=501).contains(&status), "step {number}: {status}");
        }
    }

    /// Expects an empty console, and requests to the page's own server only.
    async fn expect_quiet(&self) {
        assert_eq!(self.window.console().await, Vec::<String>::new());
        let own = format!("http://{}/", self.address);
        let elsewhere: Vec<String> = self
            .window
            .requests()
            .await
            .into_iter()
            .filter(|url| !url.starts_with(&own) && !url.starts_with("data:"))
            .collect();
        assert_eq!(elsewhere, Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_key_n_plays_one_step_after_the_other_to_the_end() {
    let Some(lab) = Lab::open().await else { return };
    lab.window.click(".begin button").await;
    lab.expect_step(1).await;
    for number in 2..=STEPS {
        lab.window.press("n").await;
        lab.expect_step(number).await;
        lab.window.find("#controls button:not([aria-busy])").await;
    }
    lab.window.find("#again").await;
    assert_eq!(lab.window.count(".step").await, STEPS);
    assert_eq!(lab.window.count(".spot").await, 3 * STEPS);
    lab.expect_quiet().await;
}

#[tokio::test]
async fn the_key_a_plays_the_rest_and_tells_what_happened() {
    let Some(lab) = Lab::open().await else { return };
    lab.window.click(".begin button").await;
    lab.expect_step(1).await;
    lab.window.press("a").await;
    lab.window.find("#again").await;
    for number in 1..=STEPS {
        lab.expect_step(number).await;
    }
    let told = lab.window.find("#announcement").await.prop("textContent").await.unwrap().unwrap();
    assert!(told.starts_with(&format!("Step {STEPS}, ")), "{told}");
    assert_eq!(lab.window.count(".verdict.breach:not(td *)").await, 0);
    lab.expect_quiet().await;
}

#[tokio::test]
async fn all_at_once_from_the_start_page() {
    let Some(lab) = Lab::open().await else { return };
    lab.window.click(".begin button[value=all]").await;
    lab.window.find("#ending table").await;
    assert_eq!(lab.window.count(".step").await, STEPS);
    lab.expect_quiet().await;
}

#[tokio::test]
async fn the_button_keeps_the_focus_and_the_keys_can_be_switched_off() {
    let Some(lab) = Lab::open().await else { return };
    lab.window.click(".begin button").await;
    lab.window.click("#play-next").await;
    lab.expect_step(2).await;
    assert_eq!(lab.window.run("return document.activeElement.id").await, "play-next");
    lab.window.click("#keys").await;
    lab.window.press("n").await;
    lab.window.click("#play-next").await;
    lab.expect_step(3).await;
    assert_eq!(lab.window.count(".step").await, 3);
    assert_eq!(lab.window.run("return document.getElementById('keys').checked").await, false);
}

#[tokio::test]
async fn without_script_the_same_buttons_load_the_page_anew() {
    let Some(lab) = Lab::open().await else { return };
    lab.window.allow_script(false).await;
    lab.window.click(".begin button").await;
    lab.window.click("#play-next").await;
    lab.window.find(".step:nth-of-type(2)").await;
    assert_eq!(lab.window.count(".keys:not([hidden]), button kbd:not([hidden])").await, 0);
    lab.window.click("#play-all").await;
    lab.window.find("#ending table").await;
    assert_eq!(lab.window.count(".step").await, STEPS);
}

#[tokio::test]
async fn an_attack_is_played_by_key_in_three_columns_and_fits_every_screen() {
    let Some(lab) = Lab::open().await else { return };
    for attack in ATTACKS {
        lab.window.visit(lab.address, "/").await;
        let button = format!(".attacks form:has([value='{}']) button", attack.id);
        lab.window.find(&button).await.send_keys(ENTER).await.unwrap();
        lab.expect_step(1).await;
        assert_eq!(lab.window.count(".spot").await, 3);
        for number in 2..=attack.steps.len() {
            lab.window.press("n").await;
            lab.expect_step(number).await;
            lab.window.find("#controls button:not([aria-busy])").await;
        }
        lab.window.find("#ending table").await;
        assert_eq!(lab.window.count(".verdict.breach:not(td *)").await, 0, "{}", attack.id);
        for size in [Size::Phone, Size::Desk] {
            lab.window.size(size).await;
            assert_eq!(lab.window.overflow().await, 0, "{} on {size:?}", attack.id);
        }
    }
    lab.expect_quiet().await;
}

#[tokio::test]
async fn on_a_phone_the_switch_shows_one_service_at_a_time_and_nothing_is_wider_than_the_screen() {
    let Some(lab) = Lab::open().await else { return };
    lab.window.size(Size::Phone).await;
    assert_eq!(lab.window.overflow().await, 0, "the start page");
    lab.window.click(".begin button[value=all]").await;
    lab.window.find("#ending table").await;
    let shown = "return [...document.querySelectorAll('.step:first-of-type .exchanges')].map(e => e.checkVisibility())";
    for (number, expected) in [(1, [true, false, false]), (2, [false, true, false]), (3, [false, false, true])] {
        lab.window.run(&format!("document.getElementById('show-{number}').click()")).await;
        assert_eq!(lab.window.run(shown).await, serde_json::json!(expected), "service {number}");
        assert_eq!(lab.window.overflow().await, 0, "with service {number}");
    }
    assert_eq!(lab.window.run("return document.querySelectorAll('.step:first-of-type .readout').length").await, 3);
}
