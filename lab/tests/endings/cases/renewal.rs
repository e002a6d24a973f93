//! A login that changes its password or ends the others stays active, with a credential of the same kind and with its
//! items.

use authlab_client::{Client, request::Request, visitor::put_item};
use serde_json::{Value, json};

use crate::support::{
    account::Account,
    deployment::{Database, Deployment, Reach, folder},
    ending,
    handed::Kind,
    password::Password,
};

/// The status, the items, and where the record of the login is kept.
async fn described(client: &mut Client) -> (u16, Value, Value) {
    let mine = client.send(Request::get("/mine")).await.unwrap();
    let record = client.send(Request::get("/mine/record")).await.unwrap().json().unwrap_or_default();
    (mine.status, mine.json().unwrap_or_default()["items"].clone(), record["where"].clone())
}

async fn goes_on(kind: Kind, reach: Reach) {
    let files = folder();
    let at = Deployment::new(Database::sqlite(&files), reach).launch(kind.service()).start().await;
    let account = Account::new("renewed");
    account.register(&at).await;
    let mut client = Client::new(at.target.clone(), "renewed");
    // The client has no credential before this login and keeps those of each answer.
    assert_eq!(client.send(account.login(kind, Password::FIRST)).await.unwrap().status, 200);
    let item = put_item("note", "remember");
    assert!(client.send(item).await.unwrap().status < 300);
    let before = described(&mut client).await;
    assert_eq!((before.0, &before.1["note"]), (200, &json!("remember")), "{kind:?}");
    let changed = client.send(ending::first_password()).await.unwrap();
    assert!(changed.status < 300, "{}", changed.text());
    assert_eq!(described(&mut client).await, before, "{kind:?}, {reach:?}: {}", changed.text());
    let others = client.send(ending::others()).await.unwrap();
    assert!(others.status < 300, "{}", others.text());
    assert_eq!(described(&mut client).await, before, "{kind:?}, {reach:?}, all others: {}", others.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_ends_the_others_goes_on_as_it_was() {
    for reach in [Reach::Feed, Reach::Read] {
        for kind in Kind::ALL {
            goes_on(kind, reach).await;
        }
    }
}
