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
    let (status, unavailable) = if app.draining.has_begun() {
        ("draining", None)
    } else if let Err(trouble) = ready(&app).await {
        ("unavailable", Some(trouble.what))
    } else {
        return livez().await.into_response();
    };
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], Json(Health { status, unavailable }))
        .into_response()
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
