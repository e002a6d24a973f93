//! The contract over a session. The login and the items are two values of the session, and a login changes the
//! session's key.

use actix_session::{Session, SessionGetError, SessionInsertError};
use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header::CONTENT_TYPE},
    web::{Bytes, Data, Json, Path, ServiceConfig, get, post, put, resource},
};
use contract::{
    accounts::Accounts,
    bodies::{
        AFTER_LOGIN, About, Credentials, HEADERS, ItemBody, ItemFound, Items, Login, LoginBody, Mine, PasswordChange,
        Registered,
    },
};

const LOGIN: &str = "login";
const ITEMS: &str = "items";
const MECHANISM: &str = "session";
const ABOUT: About = About::by_cookie("actix-session 0.11.0", Some("redis"));

pub(crate) fn with_session(config: &mut ServiceConfig) {
    config
        .route("/about", get().to(async || HttpResponse::Ok().json(ABOUT)))
        .route("/register", post().to(register))
        .route("/login", post().to(login))
        .route("/mine", get().to(mine))
        .route("/logout", post().to(logout))
        .route("/password", post().to(password))
        .service(resource("/items/{key}").route(put().to(put_item)).route(get().to(item)));
}

/// Only the answer, without a mechanism.
pub(crate) fn nothing(config: &mut ServiceConfig) {
    let answer =
        async || well(StatusCode::OK).json(Mine::new(MECHANISM, Login::begin("u00000".to_owned()), Items::new()));
    config.route("/mine", get().to(answer));
}

/// An answer with the headers of the services.
fn well(status: StatusCode) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    for header in HEADERS {
        answer.insert_header(header);
    }
    answer
}

/// The session cannot be read or written.
#[derive(Debug)]
struct Unavailable;

impl std::fmt::Display for Unavailable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the session cannot be read or written")
    }
}

impl ResponseError for Unavailable {
    fn status_code(&self) -> StatusCode {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

impl From<SessionGetError> for Unavailable {
    fn from(_: SessionGetError) -> Self {
        Self
    }
}

impl From<SessionInsertError> for Unavailable {
    fn from(_: SessionInsertError) -> Self {
        Self
    }
}

type Answer = Result<HttpResponse, Unavailable>;

async fn register(accounts: Data<Accounts>, body: Json<Credentials>) -> HttpResponse {
    let Credentials { username, password } = body.into_inner();
    if accounts.register(&username, password) {
        well(StatusCode::CREATED).json(Registered { username })
    } else {
        HttpResponse::Conflict().finish()
    }
}

async fn login(accounts: Data<Accounts>, session: Session, request: HttpRequest, body: Bytes) -> Answer {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(LoginBody { credentials, by_form }) = LoginBody::read(content_type, &body) else {
        return Ok(HttpResponse::BadRequest().finish());
    };
    let Credentials { username, password } = credentials;
    if !accounts.fits(&username, &password) {
        return Ok(HttpResponse::Unauthorized().finish());
    }
    let login = Login::begin(username);
    session.renew();
    session.insert(LOGIN, &login)?;
    if by_form {
        return Ok(well(StatusCode::SEE_OTHER).insert_header(AFTER_LOGIN).finish());
    }
    Ok(well(StatusCode::OK).json(Mine::new(MECHANISM, login, None)))
}

async fn mine(session: Session) -> Answer {
    let Some(login) = session.get::<Login>(LOGIN)? else { return Ok(HttpResponse::Unauthorized().finish()) };
    Ok(well(StatusCode::OK).json(Mine::new(MECHANISM, login, items(&session)?)))
}

async fn logout(session: Session) -> HttpResponse {
    session.purge();
    well(StatusCode::NO_CONTENT).finish()
}

async fn password(accounts: Data<Accounts>, session: Session, body: Json<PasswordChange>) -> Answer {
    let PasswordChange { current, new } = body.into_inner();
    if !session.get::<Login>(LOGIN)?.is_some_and(|login| accounts.change(&login.username, &current, new)) {
        return Ok(HttpResponse::Unauthorized().finish());
    }
    session.renew();
    Ok(well(StatusCode::NO_CONTENT).finish())
}

async fn item(session: Session, key: Path<String>) -> Answer {
    Ok(match items(&session)?.remove(key.as_str()) {
        Some(value) => well(StatusCode::OK).json(ItemFound::new(key.into_inner(), value)),
        None => HttpResponse::NotFound().finish(),
    })
}

async fn put_item(session: Session, key: Path<String>, body: Json<ItemBody>) -> Answer {
    let mut items = items(&session)?;
    items.insert(key.into_inner(), body.into_inner().value);
    session.insert(ITEMS, items)?;
    Ok(well(StatusCode::NO_CONTENT).finish())
}

fn items(session: &Session) -> Result<Items, Unavailable> {
    Ok(session.get(ITEMS)?.unwrap_or_default())
}
