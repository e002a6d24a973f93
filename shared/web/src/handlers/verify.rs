//! `/verify`: tells a gateway who is calling, before it passes a request to an application. For nginx `auth_request`, Caddy `forward_auth`,
//! HAProxy, Traefik and Envoy `ext_authz`.
//!
//! Gateways differ in what they send: the method and the path of the client's request, or `GET` and one path. So every method and every
//! path below `/verify` is answered. At such a path the query is the client's, and only the query of `/verify` itself is the gateway's.
//!
//! The answer is 200, 401 or 503 (and 303 if the gateway asks for it), since nginx turns any other status into 500. [`narrowed`] applies this to errors that
//! occur before the handler, too.

use authlab_mechanism::login::{Identity, Verified};
use authlab_server::forwarded::FromTrustedProxy;
use axum::{
    extract::{FromRequestParts as _, Request, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    App,
    door::{Caller, Delivery},
    gateway::{FORM, LOCATION, PATH, is_on, narrowed},
    local_path::local_path,
    problem::Problem,
};

const REMOTE_USER: HeaderName = HeaderName::from_static("remote-user");
const ACCOUNT_ID: HeaderName = HeaderName::from_static("x-account-id");
const LOGIN_ID: HeaderName = HeaderName::from_static("x-login-id");
const ISSUED_AT: HeaderName = HeaderName::from_static("x-login-issued-at");
const EXPIRES_AT: HeaderName = HeaderName::from_static("x-login-expires-at");

/// Where gateways put the path and query of the client's request, in the order in which they are tried.
const ORIGINAL_URI: [&str; 2] = ["x-forwarded-uri", "x-original-uri"];
/// Where gateways put the method of the client's request.
const ORIGINAL_METHOD: [&str; 2] = ["x-forwarded-method", "x-original-method"];

/// Longest path and query that a browser is led back to. Percent-encoded it may be three times as long, and gateways keep the head of an
/// answer in a buffer of 4 or 8 KiB.
const MAX_NEXT: usize = 1_024;

/// All but the unreserved characters of RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Tell a gateway who is calling
///
/// Any method, and any path below `/verify`, is answered like this `GET`.
#[utoipa::path(
    get, path = "/verify", tag = "login", security(("login" = []), ()),
    params(
        ("refresh" = Option<String>, Query, description = "`on`: the gateway passes every `Set-Cookie` line on, so this is a use of the login: it is prolonged, and an expired token is refreshed"),
        ("redirect" = Option<String>, Query, description = "`on`: a GET that prefers HTML is redirected to `X-Login-Location` instead of 401"),
    ),
    responses(
        (status = 200, description = "Logged in. `Remote-User` is the percent-encoded username; `X-Account-Id`, `X-Login-Id`, `X-Login-Issued-At` and `X-Login-Expires-At` describe the login"),
        (status = 303, description = "With `redirect=on`: not logged in"),
        (status = 401, description = "Not logged in. `X-Login-Location` is where a browser logs in"),
    )
)]
pub async fn verify(State(app): State<App>, request: Request) -> Response {
    let (mut parts, _body_is_never_read) = request.into_parts();
    let caller = match Caller::from_request_parts(&mut parts, &()).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    match verified(&app, &caller, &parts.uri).await {
        Ok(answer) => answer,
        Err(problem) => not_verified(&app, &caller, &parts, narrowed(problem.into_response())),
    }
}

async fn verified(app: &App, caller: &Caller, uri: &Uri) -> Result<Response, Problem> {
    let Verified { identity, handover } = app.verify(&caller.presented, is_on(uri, "refresh")).await?;
    let headers = identity_headers(&identity?);
    let delivered = caller.deliver(&app.door, handover, Delivery::Cookie)?;
    Ok((headers, delivered.headers).into_response())
}

fn identity_headers(identity: &Identity) -> HeaderMap {
    let Identity { login, login_id, account } = identity;
    let text =
        |text: String| HeaderValue::from_str(&text).expect("percent-encoded text and timestamps are plain ASCII");
    let encoded = |name: &str| text(utf8_percent_encode(name, RESERVED).to_string());
    let mut headers = HeaderMap::with_capacity(16);
    headers.insert(REMOTE_USER, encoded(&login.username));
    headers.insert(LOGIN_ID, encoded(&login_id.0));
    headers.insert(ISSUED_AT, text(login.issued_at.to_string()));
    headers.insert(EXPIRES_AT, text(login.expires_at.to_string()));
    headers.insert(ACCOUNT_ID, HeaderValue::from(*account));
    headers
}

/// Adds where a browser logs in, or sends a browser there if the gateway asks for that.
fn not_verified(app: &App, caller: &Caller, parts: &Parts, mut response: Response) -> Response {
    if response.status() != StatusCode::UNAUTHORIZED {
        return response;
    }
    let location = login_location(app, caller, parts);
    if is_on(&parts.uri, "redirect") && caller.prefers_html && is_get(parts) {
        if let Some(problem) = response.extensions().get::<Problem>() {
            app.watch_for(problem, Some(caller.address));
        }
        response = (StatusCode::SEE_OTHER, [(header::LOCATION, location.clone())]).into_response();
    }
    response.headers_mut().insert(LOCATION, location);
    response
}

/// The form, which leads back to the client's request. For a browser that holds a refresh token, the form refreshes first and leads back
/// at once.
fn login_location(app: &App, caller: &Caller, parts: &Parts) -> HeaderValue {
    let refreshes = app.mechanism().tokens().is_ok_and(|tokens| tokens.shows_refresh_token(&caller.presented));
    let mut query = Vec::from_iter(refreshes.then(|| "refresh=on".to_owned()));
    query.extend(original_uri(parts).map(|uri| format!("next={}", utf8_percent_encode(&uri, RESERVED))));
    let location = if query.is_empty() { FORM.to_owned() } else { format!("{FORM}?{}", query.join("&")) };
    HeaderValue::from_str(&location).unwrap_or(HeaderValue::from_static(FORM))
}

/// The path and query of the client's request, if a trusted gateway sent them and a browser may be led there.
fn original_uri(parts: &Parts) -> Option<String> {
    parts.extensions.get::<FromTrustedProxy>()?;
    let of_header = |name: &&str| parts.headers.get(*name);
    let uri = match ORIGINAL_URI.iter().find_map(of_header) {
        Some(value) => value.to_str().ok()?,
        None => parts.uri.path_and_query()?.as_str().strip_prefix(PATH)?,
    };
    // A token in the address would get into the logs of every proxy on the way.
    local_path(uri).filter(|uri| uri.len() <= MAX_NEXT && !uri.contains("token=")).map(str::to_owned)
}

/// Whether the client's request was a GET, as far as the gateway tells.
fn is_get(parts: &Parts) -> bool {
    let original = ORIGINAL_METHOD.iter().find_map(|name| parts.headers.get(*name));
    parts.method == Method::GET && original.is_none_or(|method| method == "GET")
}
