//! The lab page: the journey in columns, in a browser. The page talks to the lab alone; the lab plays the journey.
//!
//! * `answers`: what each request of the browser is answered with.
//! * `runs`: the journeys under way, bounded in number and in age.
//! * `reach`: whether the targets answer at all, asked before a journey sets out.
//! * `differences`: where the targets' answers to one step are not alike.
//! * `view`: all that is markup.
//! * `guard`: refuses requests from other sites and adds the headers that every answer carries.
//!
//! Everything works with links and forms; `lab.js` only saves the page from being loaded anew at each step.

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
use axum::{Router, routing::{get, post}};

use self::runs::Runs;
/// What the answers need.
#[derive(Clone, Debug)]
struct Lab {
    targets: Arc<[Target]>,
    runs: Arc<Runs>,
}

/// The page for these targets, one column each; protected against other sites by itself.
pub fn router(targets: Vec<Target>) -> Router {
    let lab = Lab { targets: targets.into(), runs: Arc::default() };
    let routes = Router::new()
        .route("/", get(answers::welcome))
        .route("/journeys", post(answers::begin).get(answers::to_the_start))
        .route("/journeys/{id}", get(answers::show))
        // A reload or a bookmark after a form was sent asks for these by GET.
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
