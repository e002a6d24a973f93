//! axum-extra's jars: `signed`, `private`, and `nothing`, the same answer without a cookie.

mod jar;
mod nothing;
mod routes;

use std::{io, sync::Arc};

use axum::{Router, extract::FromRef, serve::ListenerExt as _};
use axum_extra::extract::{PrivateCookieJar, SignedCookieJar, cookie::Key};
use contract::{
    accounts::Accounts,
    process::{Asked, any_port, listens},
};
use tokio::net::TcpListener;

/// The handlers' state.
#[derive(Clone, Debug)]
struct App {
    key: Key,
    accounts: Arc<Accounts>,
}

impl FromRef<App> for Key {
    fn from_ref(app: &App) -> Self {
        app.key.clone()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let asked = Asked::read();
    let app = App { key: Key::generate(), accounts: Arc::default() };
    let router: Router = match asked.mode.as_str() {
        "signed" => routes::router::<SignedCookieJar>().with_state(app),
        "private" => routes::router::<PrivateCookieJar>().with_state(app),
        "nothing" => nothing::router(),
        other => return Err(io::Error::other(format!("signed, private or nothing, not {other}"))),
    };
    let listener = TcpListener::bind(any_port()).await?;
    listens(listener.local_addr()?)?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await
}
