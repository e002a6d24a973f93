//! The contract over a session. The login and the items are two values of the session, and a login changes the
//! session's id.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use contract::{
    accounts::Accounts,
    bodies::{
        AFTER_LOGIN, About, Credentials, HEADERS, ItemBody, ItemFound, Items, Login, LoginBody, Mine, PasswordChange,
        Registered,
    },
};
use tower_sessions::{Session, session::Error};

const LOGIN: &str = "login";
const ITEMS: &str = "items";
const MECHANISM: &str = "session";

/// The store does not answer.
struct Unavailable;

impl From<Error> for Unavailable {
    fn from(_: Error) -> Self {
        Self
    }
}

impl IntoResponse for Unavailable {
    fn into_response(self) -> Response {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}

type Answer = Result<Response, Unavailable>;

pub(crate) fn router(store: &'static str) -> Router<Arc<Accounts>> {
    let about = About::by_cookie("tower-sessions 0.14.0", Some(store));
    Router::new()
        .route("/about", get(async move || Json(about)))
        .route("/register", post(register))
        .route("/login", post(login))
        .route("/mine", get(mine))
        .route("/logout", post(logout))
        .route("/password", post(password))
        .route("/items/{key}", put(put_item).get(item))
}

async fn register(
    State(accounts): State<Arc<Accounts>>,
    Json(Credentials { username, password }): Json<Credentials>,
) -> Response {
    if accounts.register(&username, password) {
        (StatusCode::CREATED, HEADERS, Json(Registered { username })).into_response()
    } else {
        StatusCode::CONFLICT.into_response()
    }
}

async fn login(State(accounts): State<Arc<Accounts>>, session: Session, headers: HeaderMap, body: Bytes) -> Answer {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(LoginBody { credentials, by_form }) = LoginBody::read(content_type, &body) else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    if !accounts.fits(&credentials.username, &credentials.password) {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    }
    let login = Login::begin(credentials.username);
    session.cycle_id().await?;
    session.insert(LOGIN, &login).await?;
    if by_form {
        return Ok((StatusCode::SEE_OTHER, HEADERS, [AFTER_LOGIN]).into_response());
    }
    Ok((HEADERS, Json(Mine::new(MECHANISM, login, None))).into_response())
}

async fn mine(session: Session) -> Answer {
    let Some(login) = session.get::<Login>(LOGIN).await? else { return Ok(StatusCode::UNAUTHORIZED.into_response()) };
    Ok((HEADERS, Json(Mine::new(MECHANISM, login, items(&session).await?))).into_response())
}

async fn logout(session: Session) -> Answer {
    session.flush().await?;
    Ok((StatusCode::NO_CONTENT, HEADERS).into_response())
}

async fn password(
    State(accounts): State<Arc<Accounts>>,
    session: Session,
    Json(change): Json<PasswordChange>,
) -> Answer {
    let login = session.get::<Login>(LOGIN).await?;
    if !login.is_some_and(|login| accounts.change(&login.username, &change.current, change.new)) {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    }
    session.cycle_id().await?;
    Ok((StatusCode::NO_CONTENT, HEADERS).into_response())
}

async fn item(session: Session, Path(key): Path<String>) -> Answer {
    Ok(match items(&session).await?.remove(&key) {
        Some(value) => (HEADERS, Json(ItemFound::new(key, value))).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    })
}

async fn put_item(session: Session, Path(key): Path<String>, Json(body): Json<ItemBody>) -> Answer {
    let mut items = items(&session).await?;
    items.insert(key, body.value);
    session.insert(ITEMS, items).await?;
    Ok((StatusCode::NO_CONTENT, HEADERS).into_response())
}

async fn items(session: &Session) -> Result<Items, Unavailable> {
    Ok(session.get(ITEMS).await?.unwrap_or_default())
}
