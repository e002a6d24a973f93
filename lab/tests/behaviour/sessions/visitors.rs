//! Sessions without a login are small and short-lived, so that clients without an account cannot fill a store.

use authlab_client::{
    Client,
    answer::Answer,
    request::Request,
    visitor::{LoginWith, PASSWORD, registration},
};

use super::{Kept, instance, put};

const A_DAY: u64 = 86_400;

/// The `Max-Age` of the session cookie in the answer.
fn max_age(answer: &Answer) -> u64 {
    let cookie = answer.header("set-cookie").unwrap().to_ascii_lowercase();
    let (_, age) = cookie.split_once("max-age=").unwrap();
    age.split(';').next().unwrap().parse().unwrap()
}

fn is_too_large(answer: &Answer, limit: &str) {
    assert_eq!(answer.status, 413, "{}", answer.in_short());
    assert!(answer.text().contains(limit), "the error names the limit: {}", answer.in_short());
}

async fn items(client: &mut Client) -> usize {
    let items = client.send(Request::get("/items")).await.unwrap().json().unwrap();
    items["items"].as_object().unwrap().len()
}

pub(super) async fn visitors_get_little_room_and_time(kept: &Kept) {
    let (_fleet, target) = instance(kept).await;
    let mut visitor = Client::new(target.clone(), "visitor");
    is_too_large(&put(&mut visitor, "note", &"x".repeat(4_096)).await, "4096");
    let first = put(&mut visitor, "note", &"x".repeat(3_000)).await;
    assert_eq!(first.status, 204, "{}", first.in_short());
    assert!((A_DAY - 60..=A_DAY).contains(&max_age(&first)), "{}", max_age(&first));
    is_too_large(&put(&mut visitor, "more", &"x".repeat(3_000)).await, "4096");
    assert_eq!(items(&mut visitor).await, 1, "a refusal changes nothing");

    // A login raises both limits and keeps the items.
    assert_eq!(visitor.send(registration("visitor")).await.unwrap().status, 201);
    let login = visitor.send(LoginWith::Json.request("visitor", PASSWORD)).await.unwrap();
    assert_eq!(login.status, 200);
    assert!(max_age(&login) > 13 * A_DAY);
    assert_eq!(put(&mut visitor, "more", &"x".repeat(60_000)).await.status, 204);
    is_too_large(&put(&mut visitor, "most", &"x".repeat(3_000)).await, "65536");

    // Without the login the items stay, but the visitor's limit applies again.
    assert_eq!(visitor.send(Request::post("/logout?how=delete-login")).await.unwrap().status, 200);
    is_too_large(&put(&mut visitor, "most", "x").await, "4096");
    assert_eq!(items(&mut visitor).await, 2);
    assert_eq!(visitor.send(Request::delete("/items/more")).await.unwrap().status, 204);
    assert_eq!(put(&mut visitor, "most", "x").await.status, 204);

    // What is replaced or deleted takes no room any more.
    assert_eq!(put(&mut visitor, "note", &"x".repeat(1_000)).await.status, 204);
    assert_eq!(put(&mut visitor, "more", &"x".repeat(2_900)).await.status, 204);
    is_too_large(&put(&mut visitor, "again", &"x".repeat(200)).await, "4096");
    assert_eq!(put(&mut visitor, "again", &"x".repeat(100)).await.status, 204);
    assert_eq!(visitor.send(Request::delete("/items/more")).await.unwrap().status, 204);
    assert_eq!(put(&mut visitor, "again", &"x".repeat(3_000)).await.status, 204);
    assert_eq!(items(&mut visitor).await, 3);
}
