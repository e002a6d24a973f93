//! The pages in a real browser: headless Chromium, driven over `WebDriver`.
//!
//! * `programs`: without a browser these tests are skipped, or fail if `AUTHLAB_REQUIRE` lists `browser`.
//! * `driver`: a chromedriver process on a free port.
//! * `window`: a browser window, with commands beyond `WebDriver`.
//! * `journey`, `services`, `looks`: the tests.

mod driver;
mod journey;
mod looks;
mod programs;
mod services;
mod window;
