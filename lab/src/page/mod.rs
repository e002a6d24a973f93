//! The lab's page: the journey in columns. The browser talks only to the lab, and the lab sends the requests to the
//! services.
//!
//! * `answers`: the answer to each request of the browser. A journey starts only if all targets answer.
//! * `runs`: the journeys in progress, limited in number and age.
//! * `differences`: finds the differences between the targets' answers to one step.
//! * `view`: the HTML.
//! * `guard`: refuses requests from other sites, and adds the security headers.
//!
//! Everything works with links and forms; `lab.js` only avoids reloading the page at each step.

mod answers;
mod differences;
mod guard;
mod runs;
#[cfg(test)]
mod sample;
mod view;

use std::sync::Arc;

use authlab_client::target::Target;
use authlab_report::verdicts::KEPT;
use axum::{
    Router,
    response::Redirect,
    routing::{MethodRouter, get, post},
};
use http::header;

use self::runs::Runs;

/// The lab's own style sheet. That of the services has the design tokens, the fonts and the buttons.
const STYLE: &str = concat!(
    include_str!("frame.css"),
    include_str!("journey.css"),
    include_str!("claims.css"),
    include_str!("narrow.css")
);

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
        .route("/journeys", post(answers::begin).get(|| async { Redirect::to("/") }))
        .route("/journeys/{id}", get(answers::show))
        // A reload or a bookmark of a form's target sends GET to these paths.
        .route("/journeys/{id}/next", post(answers::advance::<false>).get(answers::back))
        .route("/journeys/{id}/all", post(answers::advance::<true>).get(answers::back))
        // The verdicts and the attack table were compiled into this program.
        .route("/claims", get(|| async { view::claims(&KEPT) }))
        .route("/attacks", get(|| async { view::attacks(KEPT.attacks.as_ref()) }))
        .route("/style.css", asset("text/css; charset=utf-8", authlab_web::pages::STYLE))
        .route("/lab.css", asset("text/css; charset=utf-8", STYLE))
        .route("/lab.js", asset("text/javascript; charset=utf-8", include_str!("lab.js")))
        .route("/livez", get(|| async { "alive" }))
        .route("/readyz", get(|| async { "ready" }))
        .fallback(answers::not_found)
        .with_state(lab);
    guard::around(routes)
}

/// A file that is compiled into the program. Without `no-cache`, a browser would combine files of an older build with a
/// newer page.
fn asset(media_type: &'static str, content: &'static str) -> MethodRouter<Lab> {
    get(move || async move { ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-cache")], content) })
}
