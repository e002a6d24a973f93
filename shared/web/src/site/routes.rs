//! The route that a path matches, by its pattern, for log and metrics: axum tells it inside the router alone.

use std::sync::Arc;

use http::{Method, Uri};

use crate::{
    gateway,
    metrics::{Durations, Metrics},
};

/// Every route, by the matcher that axum uses itself.
#[derive(Clone, Debug)]
pub struct Routes(Arc<Known>);

#[derive(Debug)]
struct Known {
    matcher: matchit::Router<Route>,
    foreign: Route,
}

/// One route, and how long its requests take.
#[derive(Debug)]
pub(super) struct Route {
    /// Empty for paths that no route matches.
    pub(super) pattern: Box<str>,
    pub(super) durations: Durations,
    takes_a_login: bool,
    /// Whether gateways ask here for the requests of others.
    pub(super) is_for_gateways: bool,
}

/// The routes whose handlers look at the caller's login. Others hand out no credential and depend on no store.
const TAKE_A_LOGIN: [&str; 10] = [
    "/",
    "/items",
    "/items/{key}",
    "/login",
    "/logins",
    "/logins/{id}",
    "/mine",
    "/mine/record",
    "/password",
    gateway::PATH,
];

impl Routes {
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>, metrics: &Metrics) -> Self {
        let route = |pattern: &str| Route {
            pattern: pattern.into(),
            durations: metrics.durations(pattern),
            takes_a_login: TAKE_A_LOGIN.contains(&pattern),
            is_for_gateways: gateway::PATTERNS.contains(&pattern),
        };
        let mut matcher = matchit::Router::new();
        for pattern in patterns {
            matcher.insert(pattern, route(pattern)).expect("the router has taken the same patterns");
        }
        Self(Arc::new(Known { matcher, foreign: route("") }))
    }

    pub(super) fn of(&self, path: &str) -> &Route {
        self.0.matcher.at(path).map_or(&self.0.foreign, |found| found.value)
    }
}

impl Route {
    /// Whether the request needs the caller's login, refreshed if it has expired. The form at `/login` does not, and a gateway does only if it
    /// passes cookies on.
    pub(super) fn takes_a_login(&self, method: &Method, uri: &Uri) -> bool {
        self.takes_a_login
            && match &*self.pattern {
                "/login" => method == Method::POST,
                gateway::PATH => gateway::is_on(uri, "refresh"),
                _ => true,
            }
    }
}
