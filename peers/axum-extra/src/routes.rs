//! The contract over a jar. The login is one cookie with its expiry inside, because a jar checks no time. Each item is
//! another cookie.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use contract::bodies::{
    AFTER_LOGIN, About, Credentials, HEADERS, ItemBody, ItemFound, Items, Login, LoginBody, Mine, PasswordChange,
    Registered,
};

use crate::{App, jar::Jar};

const LOGIN: &str = "login";
const ITEM: &str = "item_";
const ABOUT: About = About::by_cookie("axum-extra 0.12.6", None);

pub(crate) fn router<J: Jar>() -> Router<App> {
    Router::new()
        .route("/about", get(async || Json(ABOUT)))
        .route("/register", post(register))
        .route("/login", post(login::<J>))
        .route("/mine", get(mine::<J>))
        .route("/logout", post(logout::<J>))
        .route("/password", post(password::<J>))
        .route("/items/{key}", put(put_item::<J>).get(item::<J>))
}

async fn register(State(app): State<App>, Json(Credentials { username, password }): Json<Credentials>) -> Response {
    if app.accounts.register(&username, password) {
        (StatusCode::CREATED, HEADERS, Json(Registered { username })).into_response()
    } else {
        StatusCode::CONFLICT.into_response()
    }
}

async fn login<J: Jar>(State(app): State<App>, jar: J, headers: HeaderMap, body: Bytes) -> Response {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(LoginBody { credentials, by_form }) = LoginBody::read(content_type, &body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if !app.accounts.fits(&credentials.username, &credentials.password) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let login = Login::begin(credentials.username);
    let jar = logged_in(jar, &login);
    if by_form {
        return (StatusCode::SEE_OTHER, jar, HEADERS, [AFTER_LOGIN]).into_response();
    }
    (jar, HEADERS, Json(Mine::new(ABOUT.mechanism, login, None))).into_response()
}

async fn mine<J: Jar>(jar: J) -> Response {
    let Some(login) = known(&jar) else { return StatusCode::UNAUTHORIZED.into_response() };
    let item = |(name, value): (String, String)| Some((name.strip_prefix(ITEM)?.to_owned(), value));
    let items: Items = jar.all().into_iter().filter_map(item).collect();
    (HEADERS, Json(Mine::new(ABOUT.mechanism, login, items))).into_response()
}

async fn logout<J: Jar>(jar: J) -> impl IntoResponse {
    (StatusCode::NO_CONTENT, jar.without(LOGIN), HEADERS)
}

async fn password<J: Jar>(State(app): State<App>, jar: J, Json(change): Json<PasswordChange>) -> Response {
    let Some(Login { username, .. }) = known(&jar) else { return StatusCode::UNAUTHORIZED.into_response() };
    if !app.accounts.change(&username, &change.current, change.new) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    (StatusCode::NO_CONTENT, logged_in(jar, &Login::begin(username)), HEADERS).into_response()
}

async fn item<J: Jar>(jar: J, Path(key): Path<String>) -> Response {
    match jar.value(&format!("{ITEM}{key}")) {
        Some(value) => (HEADERS, Json(ItemFound::new(key, value))).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn put_item<J: Jar>(jar: J, Path(key): Path<String>, Json(body): Json<ItemBody>) -> impl IntoResponse {
    (StatusCode::NO_CONTENT, jar.with(format!("{ITEM}{key}"), body.value), HEADERS)
}

fn known(jar: &impl Jar) -> Option<Login> {
    let login: Login = serde_json::from_str(&jar.value(LOGIN)?).ok()?;
    (!login.is_over()).then_some(login)
}

fn logged_in<J: Jar>(jar: J, login: &Login) -> J {
    // A name and two times are always JSON.
    jar.with(LOGIN.to_owned(), serde_json::to_string(login).unwrap_or_default())
}
