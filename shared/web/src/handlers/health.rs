//! `/livez`, `/readyz`, `/metrics`.

use authlab_mechanism::refusal::Unavailable;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};

use crate::{App, contract::Health};

/// Check that the process answers
#[utoipa::path(get, path = "/livez", tag = "about", responses((status = 200, description = "Alive", body = Health)))]
pub async fn livez() -> Json<Health> {
    Json(Health { status: "ok", unavailable: None })
}

/// Check that the service can do its work
#[utoipa::path(
    get, path = "/readyz", tag = "about",
    responses((status = 200, description = "Ready", body = Health), (status = 503, description = "Not ready; names what cannot be reached", body = Health))
)]
pub async fn readyz(State(app): State<App>) -> Response {
    if app.draining.has_begun() {
        return not_ready("draining", None);
    }
    match ready(&app).await {
        Ok(()) => Json(Health { status: "ok", unavailable: None }).into_response(),
        Err(trouble) => not_ready("unavailable", Some(trouble.what)),
    }
}

/// Get metrics for Prometheus
#[utoipa::path(get, path = "/metrics", tag = "about", responses((status = 200, description = "Prometheus text format", body = String, content_type = "text/plain")))]
pub async fn metrics(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.text()).into_response()
}

async fn ready(app: &App) -> Result<(), Unavailable> {
    app.database.ping().await?;
    app.mechanism().ready().await
}

fn not_ready(status: &'static str, unavailable: Option<&'static str>) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], Json(Health { status, unavailable }))
        .into_response()
}
