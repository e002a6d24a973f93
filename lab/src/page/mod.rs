//! The lab's page: the journey in columns. The browser talks only to the lab, and the lab sends the requests to the
//! services.
//!
//! * `answers`: the answer to each request of the browser.
//! * `runs`: the journeys in progress, limited in number and age.
//! * `reach`: checks whether the targets answer, before a journey starts.
//! * `differences`: finds the differences between the targets' answers to one step.
//! * `view`: the HTML.
//! * `guard`: refuses requests from other sites, and adds the security headers.
//!
//! Everything works with links and forms; `lab.js` only avoids reloading the page at each step.

mod answers;
mod assets;
mod differences;
mod guard;
mod reach;
mod runs;
#[cfg(test)]
mod sample;
mod view;

use std::sync::Arc;

use authlab_client::target::Target;
use axum::{
    Router,
    routing::{get, post},
};

use self::runs::Runs;
/// The state of the handlers.
#[derive(Clone, Debug)]
struct Lab {
    targets: Arc<[Target]>,
    runs: Arc<Runs>,
}

/// The page for these targets, with one column each and protection against other sites.
pub fn router(targets: Vec<Target>) -> Router {
    let lab = Lab { targets: targets.into(), runs: Arc::default() };
    let routes = Router::new()
        .route("/", get(answers::welcome))
        .route("/journeys", post(answers::begin).get(answers::to_the_start))
        .route("/journeys/{id}", get(answers::show))
        // A reload or a bookmark of a form's target sends GET to these paths.
        .route("/journeys/{id}/next", post(answers::next).get(answers::back))
        .route("/journeys/{id}/all", post(answers::all).get(answers::back))
        .route("/claims", get(answers::claims))
        .route("/attacks", get(answers::attacks))
        .route("/style.css", get(assets::base_style))
        .route("/lab.css", get(assets::style))
        .route("/lab.js", get(assets::script))
        .route("/livez", get(|| async { "alive" }))
        .route("/readyz", get(|| async { "ready" }))
        .fallback(answers::not_found)
        .with_state(lab);
    guard::around(routes)
}
