//! All routes.

use axum::routing::any;
use utoipa::OpenApi as _;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, gateway, handlers as on,
    openapi::Document,
    site::{Routes, Site},
};

/// Routes that the OpenAPI document does not list.
const UNDOCUMENTED_ROUTES: [&str; 5] =
    ["/openapi.json", "/docs", "/style.css", gateway::PATTERNS[1], gateway::PATTERNS[2]];

/// The whole service over HTTP.
pub fn site(app: App) -> Site {
    // Described as GET, and answered for any method.
    let (schemas, paths, _) = routes!(on::verify::verify);
    let verify = (schemas, paths, any(on::verify::verify));
    let mut routes = OpenApiRouter::with_openapi(Document::openapi())
        // Accounts and login
        .routes(routes!(on::accounts::register_form, on::accounts::register))
        .routes(routes!(on::login::login_form, on::login::login))
        .routes(routes!(on::login::logout))
        .routes(routes!(on::accounts::change_password))
        .routes(routes!(on::mine::mine))
        .routes(routes!(on::mine::record))
        .routes(routes!(on::logins::list, on::logins::end_all))
        .routes(routes!(on::logins::end_one))
        .routes(verify)
        // Tokens
        .routes(routes!(on::tokens::refresh))
        .routes(routes!(on::tokens::revoke))
        .routes(routes!(on::tokens::introspect))
        // Items
        .routes(routes!(on::items::list, on::items::remove_all))
        .routes(routes!(on::items::read, on::items::put, on::items::remove))
        // About, health, docs
        .routes(routes!(on::about::home))
        .routes(routes!(on::about::about))
        .routes(routes!(on::health::livez))
        .routes(routes!(on::health::readyz))
        .routes(routes!(on::health::metrics));
    if app.mechanism().public_keys().is_some() {
        routes = routes.routes(routes!(on::about::public_keys));
    }
    let (routes, document) = routes.split_for_parts();
    let patterns = document.paths.paths.keys().map(String::as_str).chain(UNDOCUMENTED_ROUTES);
    let known = Routes::new(patterns, &app.metrics);
    let (document, page) = on::docs::documents(&app, &document);
    let routes = routes.route("/openapi.json", document).route("/docs", page).route("/style.css", on::docs::style());
    let routes = gateway::PATTERNS[1..].iter().fold(routes, |routes, path| routes.route(path, any(on::verify::verify)));
    Site::new(app, routes, known)
}
