//! The door as a layer, in front of a router that knows nothing else of the services.

use std::{net::Ipv4Addr, sync::Arc};

use authlab_client::{Client, request::Request, target::Target};
use authlab_clock::Clock;
use authlab_mechanism::{
    Mechanism,
    cookie_attributes::SecureCookies,
    handover::CookieChange,
    login::{Account, Device, NewLogin},
    presented::Presented,
};
use authlab_web::door::{Caller, Door, behind_door};
use axum::{Router, extract::State, middleware::from_fn_with_state, routing::get};
use tokio::net::TcpListener;

use super::tickets::Tickets;

async fn who(State(mechanism): State<Arc<dyn Mechanism>>, caller: Caller) -> String {
    let recalled = mechanism.recall(&caller.presented).await.expect("the table is in memory");
    recalled.login.map_or_else(|denied| denied.to_string(), |login| login.username)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_is_a_layer_for_any_router() {
    let mechanism: Arc<dyn Mechanism> = Arc::new(Tickets::new(Clock::system()));
    let account = Account { id: 1, username: "alice".to_owned(), generation: 0 };
    let (presented, device) = (Presented::default(), Device::default());
    let granted = mechanism.login(NewLogin::new(&presented, &account, &device)).await.unwrap();
    let Some(CookieChange::Set(cookie)) = granted.handover.cookies.first() else { panic!("no cookie was set") };
    let door = Door {
        mechanism: Arc::clone(&mechanism),
        clock: Clock::system(),
        secure_cookies: SecureCookies::Auto,
        former_cookie_scopes: Arc::default(),
    };
    let door = from_fn_with_state(door, behind_door);
    let app = Router::new().route("/who", get(who)).layer(door).with_state(mechanism);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let target = Target::at("app", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });

    let mut client = Client::new(target, "test");
    let known = client.send(Request::get("/who").cookie(&cookie.name, cookie.value.expose())).await.unwrap();
    assert_eq!(known.text(), "alice");
    let unknown = client.send(Request::get("/who")).await.unwrap();
    assert_eq!(unknown.text(), "no credential was sent");
}
