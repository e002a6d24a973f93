//! What all parts of the site know of gateways, which ask `/verify` about a request before they pass it to an application.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode, Uri, header};

use crate::problem::Problem;

/// The path whose query is the gateway's.
pub const PATH: &str = "/verify";
/// Every path that gateways ask. Below [`PATH`], path and query are those of the client's request.
pub const PATTERNS: [&str; 3] = [PATH, "/verify/", "/verify/{*path}"];

/// Where a browser logs in.
pub const LOCATION: HeaderName = HeaderName::from_static("x-login-location");
/// The page with the form.
pub const FORM: &str = "/login";

/// Whether a parameter of `/verify` itself, or of another page, is `on`.
pub fn is_on(uri: &Uri, parameter: &str) -> bool {
    let is_it = |pair: &str| pair.split_once('=') == Some((parameter, "on"));
    !uri.path().starts_with(PATTERNS[1]) && uri.query().is_some_and(|query| query.split('&').any(is_it))
}

/// An answer whose status a gateway understands: an error of the client becomes 401, an error of the service 503.
pub fn narrowed(mut response: Response) -> Response {
    let status = response.status();
    if status.is_success() || status == StatusCode::SEE_OTHER || status == StatusCode::UNAUTHORIZED {
        return response;
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return response;
    }
    let problem = response.extensions_mut().remove::<Problem>();
    let failed = status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT;
    let mut answer = if failed { Problem::failed() } else { Problem::unusable(problem) }.into_response();
    if !failed {
        answer.headers_mut().insert(LOCATION, HeaderValue::from_static(FORM));
    }
    // A token that was refreshed before the failure is spent, so its successor must arrive.
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    answer
}
