//! A browser window: fantoccini for the user's actions, the developer tools for everything else.

use std::{net::SocketAddr, time::Duration};

use authlab_client::{Client, request::Request, target::Target};
use fantoccini::{Client as Fantoccini, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use super::{driver::Driver, programs::programs};

/// A browser needs a whole CPU core: several in parallel would run into timeouts.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Window {
    pub(super) page: Fantoccini,
    session: String,
    // The fields are dropped in this order: the browser closes before the next test may open one.
    driver: Driver,
    _turn: MutexGuard<'static, ()>,
}

/// The window's size, for a desktop or a phone.
#[derive(Clone, Copy, Debug)]
pub(super) enum Size {
    Desk,
    Phone,
}

impl Window {
    /// Returns `None` and reports a skipped test if no browser is installed.
    pub(super) async fn open() -> Option<Self> {
        let programs = programs()?;
        let turn = ONE_AT_A_TIME.lock().await;
        let mut driver = Driver::start(&programs.chromedriver);
        let wishes = json!({
            "goog:chromeOptions": {
                "binary": programs.chrome,
                "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
            },
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        });
        let page = ClientBuilder::new(HttpConnector::new())
            .capabilities(wishes.as_object().unwrap().clone())
            .connect(&format!("http://{}", driver.address))
            .await
            .unwrap();
        let session = page.session_id().await.unwrap().unwrap();
        driver.session = Some(session.clone());
        let window = Self { page, session, driver, _turn: turn };
        window.size(Size::Desk).await;
        Some(window)
    }

    pub(super) async fn visit(&self, address: SocketAddr, path: &str) {
        self.page.goto(&format!("http://{address}{path}")).await.unwrap();
    }

    /// Waits for an element with this CSS selector.
    pub(super) async fn find(&self, css: &str) -> Element {
        let waited = self.page.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        waited.unwrap_or_else(|error| panic!("no {css}: {error}"))
    }

    pub(super) async fn count(&self, css: &str) -> usize {
        self.page.find_all(Locator::Css(css)).await.unwrap().len()
    }

    pub(super) async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap();
    }

    pub(super) async fn press(&self, key: &str) {
        self.find("body").await.send_keys(key).await.unwrap();
    }

    pub(super) async fn run(&self, script: &str) -> Value {
        self.page.execute(script, vec![]).await.unwrap()
    }

    pub(super) async fn size(&self, size: Size) {
        let (width, height, mobile) = match size {
            Size::Desk => (1280, 860, false),
            Size::Phone => (390, 844, true),
        };
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
        self.tool("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    pub(super) async fn scheme(&self, scheme: &str) {
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.tool("Emulation.setEmulatedMedia", media).await;
    }

    pub(super) async fn allow_script(&self, allowed: bool) {
        self.tool("Emulation.setScriptExecutionDisabled", json!({"value": !allowed})).await;
    }

    /// By how many pixels the document is wider than the window.
    pub(super) async fn overflow(&self) -> i64 {
        self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .await
            .as_i64()
            .unwrap()
    }

    /// The messages in the console since the last call.
    pub(super) async fn console(&self) -> Vec<String> {
        self.log("browser").await.iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// The URLs of all requests since the last call.
    pub(super) async fn requests(&self) -> Vec<String> {
        let entries = self.log("performance").await;
        let events = entries.iter().filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok());
        events
            .filter(|event| event["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|event| event["message"]["params"]["request"]["url"].as_str().map(str::to_owned))
            .collect()
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        self.driver("se/log", json!({"type": kind})).await.as_array().unwrap().clone()
    }

    async fn tool(&self, command: &str, parameters: Value) {
        self.driver("goog/cdp/execute", json!({"cmd": command, "params": parameters})).await;
    }

    /// Sends a command that only chromedriver knows, beyond `WebDriver`.
    async fn driver(&self, command: &str, body: Value) -> Value {
        let mut client = Client::new(Target::at("chromedriver", self.driver.address), "test");
        let path = format!("/session/{}/{command}", self.session);
        let answer = client.send(Request::post(path).json(&body)).await.unwrap();
        assert_eq!(answer.status, 200, "{command}: {}", answer.text());
        answer.json().unwrap()["value"].take()
    }
}
