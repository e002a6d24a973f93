//! actix-session with `redis` at an address; and `nothing`, the same answer from actix-web without a mechanism.

mod routes;

use std::{io, net::TcpListener};

use actix_session::{
    SessionMiddleware,
    config::PersistentSession,
    storage::{RedisSessionStore, SessionStore},
};
use actix_web::{
    App, HttpServer,
    cookie::{Key, time::Duration},
    web::Data,
};
use contract::{
    accounts::Accounts,
    bodies::LIFETIME,
    process::{Asked, any_port, listens},
};

#[actix_web::main]
async fn main() -> io::Result<()> {
    let asked = Asked::read();
    let listener = TcpListener::bind(any_port())?;
    match asked.mode.as_str() {
        "nothing" => {
            listens(listener.local_addr()?)?;
            HttpServer::new(|| App::new().configure(routes::nothing)).workers(1).listen(listener)?.run().await
        }
        "redis" => {
            let store = RedisSessionStore::new(asked.store).await.map_err(io::Error::other)?;
            let (key, accounts) = (Key::generate(), Data::new(Accounts::default()));
            listens(listener.local_addr()?)?;
            let app = move || {
                App::new()
                    .app_data(accounts.clone())
                    .wrap(middleware(store.clone(), key.clone()))
                    .configure(routes::with_session)
            };
            HttpServer::new(app).workers(1).listen(listener)?.run().await
        }
        other => Err(io::Error::other(format!("redis or nothing, not {other}"))),
    }
}

/// The default: an encrypted cookie holds the session's key. `secure` is off, because the benches use no TLS.
fn middleware<S: SessionStore>(store: S, key: Key) -> SessionMiddleware<S> {
    let lifetime = Duration::seconds(i64::try_from(LIFETIME.as_secs()).unwrap_or(i64::MAX));
    let lifecycle = PersistentSession::default().session_ttl(lifetime);
    SessionMiddleware::builder(store, key).cookie_secure(false).session_lifecycle(lifecycle).build()
}
