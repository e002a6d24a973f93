//! The answer to each request of the browser.

use std::{sync::Arc, time::Duration};

use authlab_client::{Client, request::Request, target::Target};
use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use futures_util::future::join_all;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tokio::time::timeout;

use super::{
    Lab,
    runs::Run,
    view::{self, channel::Channel},
};
use crate::journey::{
    Journey,
    scenarios::{JOURNEY, find},
};

/// How long a target may take to answer, before a journey starts: long enough for a service on another machine, and
/// short enough for a user who waits for the page.
const MAX_WAIT: Duration = Duration::from_secs(2);
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

pub(super) async fn begin(State(lab): State<Lab>, Form(form): Form<Begin>) -> Response {
    let reachable = reachable(&lab.targets).await;
    if reachable.contains(&false) {
        let page = view::welcome(&Channel::all(&lab.targets), &reachable);
        return (StatusCode::SERVICE_UNAVAILABLE, page).into_response();
    }
    let Some(scenario) = form.scenario.as_deref().map_or(Some(&JOURNEY), find) else { return not_found().await };
    let run = match Journey::start_with(scenario, &lab.targets).await {
        Ok(journey) => lab.runs.add(journey),
        Err(failure) => {
            let page = view::problem("The journey could not start", &format!("{failure:#}."));
            return (StatusCode::SERVICE_UNAVAILABLE, page).into_response();
        }
    };
    play(&run, form.play.as_deref() == Some("all"), 0).await;
    see(&run.id)
}

pub(super) async fn show(State(lab): State<Lab>, Path(id): Path<String>) -> Response {
    match lab.runs.find(&id) {
        Some(run) => view::journey(&run.id, &Channel::all(&lab.targets), &run.played()).into_response(),
        None => gone(&HeaderMap::new()),
    }
}

/// Runs the next step, or all that are left.
pub(super) async fn advance<const ALL: bool>(
    State(lab): State<Lab>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Next>,
) -> Response {
    let Some(run) = lab.runs.find(&id) else { return gone(&headers) };
    let shown = form.after.unwrap_or_else(|| run.played().steps.len());
    play(&run, ALL, shown).await;
    if headers.contains_key(WANTS_A_FRAGMENT) {
        return view::fragment(&run.id, &Channel::all(&lab.targets), &run.played(), shown).into_response();
    }
    see(&run.id)
}

/// For each target, in order, whether `GET /livez` was answered.
async fn reachable(targets: &[Target]) -> Vec<bool> {
    join_all(targets.iter().map(answers)).await
}

async fn answers(target: &Target) -> bool {
    let mut client = Client::new(target.clone(), "lab (page)");
    let asked = Request::get("/livez");
    matches!(timeout(MAX_WAIT, client.deliver(&asked)).await, Ok(Ok(answer)) if answer.status == 200)
}

pub(super) async fn back(Path(id): Path<String>) -> Response {
    see(&id)
}

pub(super) async fn not_found() -> Response {
    let page = view::problem("Page not found", "This page does not exist. Journeys start on the lab's start page.");
    (StatusCode::NOT_FOUND, page).into_response()
}

/// Finishes a step even if the browser disconnects. Half a step would leave the columns in different states.
async fn play(run: &Arc<Run>, all: bool, after: usize) {
    let run = Arc::clone(run);
    // If the step panicked, it is missing from the page, and the log has the reason.
    let _ = tokio::spawn(async move { run.play(all, after).await }).await;
}

fn see(id: &str) -> Response {
    // The id came from the URL, so characters that could end its path segment are removed.
    let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    Redirect::to(&format!("/journeys/{id}")).into_response()
}

fn gone(headers: &HeaderMap) -> Response {
    let detail = "The lab stores a journey in memory, until 20 minutes after its last step. Start a new journey.";
    let page = if headers.contains_key(WANTS_A_FRAGMENT) {
        view::trouble(detail)
    } else {
        view::problem("This journey has ended", detail)
    };
    (StatusCode::NOT_FOUND, page).into_response()
}
