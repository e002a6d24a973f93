//! The pages in a real browser: headless Chromium, driven over `WebDriver`.
//!
//! * `programs`: where there is no browser to be found, these tests are skipped with a word, or fail if
//!   `AUTHLAB_REQUIRE` lists `browser`.
//! * `driver`: chromedriver on a free port, ended by its own id.
//! * `window`: a browser window, and what it can be asked that `WebDriver` alone cannot.
//! * `journey`, `services`, `looks`: the tests.

mod driver;
mod journey;
mod looks;
mod programs;
mod services;
mod window;
