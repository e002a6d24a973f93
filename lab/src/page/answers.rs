//! The answer to each request of the browser.

use std::sync::Arc;

use authlab_report::verdicts::KEPT;
use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{
    Lab,
    reach::reachable,
    runs::Run,
    view::{self, channel::Channel},
};
use crate::journey::{
    Journey,
    scenarios::{JOURNEY, find},
};

/// `lab.js` sends this header, and puts the answer into the current page.
const WANTS_A_FRAGMENT: &str = "lab-fragment";

#[derive(Debug, Deserialize)]
pub(super) struct Begin {
    /// `all`: run every step.
    play: Option<String>,
    /// The scenario to run; by default the journey.
    scenario: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Next {
    /// The number of steps on the page when the button was pressed.
    after: Option<usize>,
}

pub(super) async fn welcome(State(lab): State<Lab>) -> Response {
    let reachable = reachable(&lab.targets).await;
    view::welcome(&Channel::all(&lab.targets), &reachable).into_response()
}

/// The verdicts that were compiled into this program.
pub(super) async fn claims() -> Response {
    view::claims(&KEPT).into_response()
}

/// The attack table that was compiled into this program.
pub(super) async fn attacks() -> Response {
    view::attacks(KEPT.attacks.as_ref()).into_response()
}

pub(super) async fn begin(State(lab): State<Lab>, Form(form): Form<Begin>) -> Response {
    let reachable = reachable(&lab.targets).await;
    if reachable.contains(&false) {
        let page = view::welcome(&Channel::all(&lab.targets), &reachable);
        return (StatusCode::SERVICE_UNAVAILABLE, page).into_response();
    }
    let Some(scenario) = form.scenario.as_deref().map_or(Some(&JOURNEY), find) else { return not_found().await };
    let run = match Journey::start_with(scenario, &lab.targets).await {
        Ok(journey) => lab.runs.add(journey),
        Err(failure) => return unplayable(&failure),
    };
    let all = form.play.as_deref() == Some("all");
    on_its_own(&run, move |run| async move { if all { run.play_all().await } else { run.play_next(None).await } })
        .await;
    see(&run.id)
}

pub(super) async fn show(State(lab): State<Lab>, Path(id): Path<String>) -> Response {
    match lab.runs.find(&id) {
        Some(run) => view::journey(&run.id, &Channel::all(&lab.targets), &run.played()).into_response(),
        None => gone(&HeaderMap::new()),
    }
}

pub(super) async fn next(
    State(lab): State<Lab>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Next>,
) -> Response {
    let Some(run) = lab.runs.find(&id) else { return gone(&headers) };
    let shown = form.after.unwrap_or_else(|| run.played().steps.len());
    on_its_own(&run, move |run| async move { run.play_next(Some(shown)).await }).await;
    moved_on(&lab, &run, &headers, shown)
}

pub(super) async fn all(
    State(lab): State<Lab>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Next>,
) -> Response {
    let Some(run) = lab.runs.find(&id) else { return gone(&headers) };
    let shown = form.after.unwrap_or_else(|| run.played().steps.len());
    on_its_own(&run, |run| async move { run.play_all().await }).await;
    moved_on(&lab, &run, &headers, shown)
}

pub(super) async fn back(Path(id): Path<String>) -> Response {
    see(&id)
}

pub(super) async fn to_the_start() -> Redirect {
    Redirect::to("/")
}

pub(super) async fn not_found() -> Response {
    let page = view::problem("Page not found", "This page does not exist. Journeys start on the lab's start page.");
    (StatusCode::NOT_FOUND, page).into_response()
}

/// Finishes a step even if the browser disconnects. Half a step would leave the columns in different states.
async fn on_its_own<F>(run: &Arc<Run>, play: impl FnOnce(Arc<Run>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    // If the step panicked, it is missing from the page, and the log has the reason.
    let _ = tokio::spawn(play(Arc::clone(run))).await;
}

fn moved_on(lab: &Lab, run: &Run, headers: &HeaderMap, shown: usize) -> Response {
    if headers.contains_key(WANTS_A_FRAGMENT) {
        return view::fragment(&run.id, &Channel::all(&lab.targets), &run.played(), shown).into_response();
    }
    see(&run.id)
}

fn see(id: &str) -> Response {
    // The id came from the URL, so characters that could end its path segment are removed.
    let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    Redirect::to(&format!("/journeys/{id}")).into_response()
}

fn gone(headers: &HeaderMap) -> Response {
    let (title, detail) = (
        "This journey has ended",
        "The lab stores a journey in memory, until 20 minutes after its last step. Start a new journey.",
    );
    let page =
        if headers.contains_key(WANTS_A_FRAGMENT) { view::trouble(detail) } else { view::problem(title, detail) };
    (StatusCode::NOT_FOUND, page).into_response()
}

fn unplayable(failure: &anyhow::Error) -> Response {
    let page = view::problem("The journey could not start", &format!("{failure:#}."));
    (StatusCode::SERVICE_UNAVAILABLE, page).into_response()
}
