//! Checks whether the targets answer.

use std::time::Duration;

use authlab_client::{Client, request::Request, target::Target};
use futures_util::future::join_all;

/// Long enough for a service on another machine, and short enough for a user who waits for the page.
const PATIENCE: Duration = Duration::from_secs(2);

/// For each target, in order, whether `GET /livez` was answered.
pub(super) async fn reachable(targets: &[Target]) -> Vec<bool> {
    join_all(targets.iter().map(answers)).await
}

async fn answers(target: &Target) -> bool {
    let mut client = Client::new(target.clone(), "lab (page)");
    let asked = Request::get("/livez");
    matches!(tokio::time::timeout(PATIENCE, client.deliver(&asked)).await, Ok(Ok(answer)) if answer.status == 200)
}
