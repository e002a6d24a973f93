//! A flood of logins: most get 429, memory stays bounded, and other requests are served.

use authlab_client::{
    Client,
    request::Request,
    target::Target,
    visitor::{LoginWith, PASSWORD},
};
use futures_util::future::join_all;

use super::support::authlab::Authlab;

const FLOOD: usize = 300;

async fn log_in(target: Target, n: usize) -> u16 {
    // `deliver` does not retry: a client that waits and retries would be no flood.
    let mut client = Client::new(target, "flood");
    client.deliver(&LoginWith::Json.request(&format!("nobody{n}"), PASSWORD)).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_flood_is_turned_away_and_memory_stays_bounded() {
    let authlab = Authlab::start(&["--password-hash-concurrency", "2", "--password-hash-queue", "10"]);
    let service = authlab.services[0].clone();
    let before = authlab.peak_memory();

    let flood = join_all((0..FLOOD).map(|n| log_in(service.clone(), n)));
    let others = async {
        let mut client = Client::new(service.clone(), "other");
        for _ in 0..50 {
            assert_eq!(client.send(Request::get("/about")).await.unwrap().status, 200);
        }
    };
    let (statuses, ()) = tokio::join!(flood, others);

    let turned_away = statuses.iter().filter(|status| **status == 429).count();
    assert!(statuses.iter().all(|status| matches!(status, 401 | 429)), "{statuses:?}");
    assert!(turned_away > FLOOD / 4, "{turned_away} of {FLOOD} got 429");
    let grown = (authlab.peak_memory() - before) / (1024 * 1024);
    // Two hashes of 19 MiB run at a time. Without the limit the flood would take 5,700 MiB.
    assert!(grown < 150, "memory grew by {grown} MiB");
}
