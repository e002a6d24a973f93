//! The contract over a JSON document per session, under a random key that the cookie names.

use std::{
    fs::File,
    io::Read as _,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_TYPE, COOKIE, SET_COOKIE},
    },
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use contract::{
    accounts::Accounts,
    bodies::{AFTER_LOGIN, About, HEADERS, ItemBody, ItemFound, Items, LIFETIME, Login, LoginBody, Mine},
};
use redis::{AsyncTypedCommands as _, RedisError, aio::MultiplexedConnection};

const MECHANISM: &str = "session";
const COOKIE_NAME: &str = "session=";

#[derive(Clone)]
pub(crate) struct Sessions {
    connection: MultiplexedConnection,
    accounts: Arc<Accounts>,
    random: Arc<Mutex<File>>,
}

/// The store does not answer, or not with a session.
struct Unavailable;

impl From<RedisError> for Unavailable {
    fn from(_: RedisError) -> Self {
        Self
    }
}

impl From<serde_json::Error> for Unavailable {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

impl IntoResponse for Unavailable {
    fn into_response(self) -> Response {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}

type Answer = Result<Response, Unavailable>;

pub(crate) fn router(connection: MultiplexedConnection) -> Router {
    let random = File::open("/dev/urandom").expect("the system has random bytes");
    let about = About::by_cookie("hand-written", Some("redis"));
    Router::new()
        .route("/about", get(async move || Json(about)))
        .route("/login", post(login))
        .route("/mine", get(mine))
        .route("/logout", post(logout))
        .route("/items/{key}", put(put_item).get(item))
        .with_state(Sessions { connection, accounts: Arc::default(), random: Arc::new(Mutex::new(random)) })
}

impl Sessions {
    /// The caller's key and session.
    async fn of(&self, headers: &HeaderMap) -> Result<Option<(String, Login, Items)>, Unavailable> {
        let Some(key) = key(headers) else { return Ok(None) };
        let Some(text) = self.connection.clone().get(&key).await? else { return Ok(None) };
        let (login, items) = serde_json::from_str(&text)?;
        Ok(Some((key, login, items)))
    }

    async fn write(&self, key: &str, login: &Login, items: &Items) -> Result<(), Unavailable> {
        let text = serde_json::to_string(&(login, items))?;
        self.connection.clone().set_ex(key, text, LIFETIME.as_secs()).await?;
        Ok(())
    }

    fn fresh_key(&self) -> String {
        let mut bytes = [0_u8; 16];
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        random.read_exact(&mut bytes).expect("the system has random bytes");
        format!("{:032x}", u128::from_ne_bytes(bytes))
    }
}

fn key(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    cookies.split("; ").find_map(|pair| pair.strip_prefix(COOKIE_NAME)).map(str::to_owned)
}

async fn login(State(sessions): State<Sessions>, headers: HeaderMap, body: Bytes) -> Answer {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(LoginBody { credentials, by_form }) = LoginBody::read(content_type, &body) else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    if !sessions.accounts.fits(&credentials.username, &credentials.password) {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    }
    let (key, login) = (sessions.fresh_key(), Login::begin(credentials.username));
    sessions.write(&key, &login, &Items::new()).await?;
    let attributes = format!("HttpOnly; SameSite=Lax; Path=/; Max-Age={}", LIFETIME.as_secs());
    let cookie = [(SET_COOKIE, format!("{COOKIE_NAME}{key}; {attributes}"))];
    if by_form {
        return Ok((StatusCode::SEE_OTHER, HEADERS, [AFTER_LOGIN], cookie).into_response());
    }
    Ok((HEADERS, cookie, Json(Mine::new(MECHANISM, login, None))).into_response())
}

async fn mine(State(sessions): State<Sessions>, headers: HeaderMap) -> Answer {
    Ok(match sessions.of(&headers).await? {
        Some((_, login, items)) => (HEADERS, Json(Mine::new(MECHANISM, login, items))).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    })
}

async fn logout(State(sessions): State<Sessions>, headers: HeaderMap) -> Answer {
    if let Some(key) = key(&headers) {
        sessions.connection.clone().del(&key).await?;
    }
    Ok((StatusCode::NO_CONTENT, HEADERS).into_response())
}

async fn item(State(sessions): State<Sessions>, headers: HeaderMap, Path(key): Path<String>) -> Answer {
    let found = sessions.of(&headers).await?.and_then(|(.., mut items)| items.remove(&key));
    Ok(match found {
        Some(value) => (HEADERS, Json(ItemFound::new(key, value))).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    })
}

async fn put_item(
    State(sessions): State<Sessions>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Json(body): Json<ItemBody>,
) -> Answer {
    let Some((key, login, mut items)) = sessions.of(&headers).await? else {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    };
    items.insert(name, body.value);
    sessions.write(&key, &login, &items).await?;
    Ok((StatusCode::NO_CONTENT, HEADERS).into_response())
}
