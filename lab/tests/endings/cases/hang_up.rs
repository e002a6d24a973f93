//! The client closes its connection during a password change: either the whole change happens or nothing of it.

use std::time::Duration;

use authlab_client::credential::Credential;
use futures_util::future::join_all;
use serde_json::json;
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    time::{Instant, sleep},
};

use crate::support::{
    account::Account,
    complaints::Complaints,
    deployment::{Database, Deployment, Reach, Server, folder},
    ending,
    handed::{Handed, Kind},
    instance::Instance,
    password::Password,
};

/// The contract allows an ending one second to reach every instance.
const ONE_SECOND: Duration = Duration::from_secs(1);
/// A service finishes a password change after its client has left. It hashes several passwords in this time.
const SETTLED: Duration = Duration::from_secs(3);
/// Each client leaves a little later than the one before; the last ones leave when the answer is about to arrive.
const CLIENTS: u32 = 24;

/// Sends the request, waits for `wait`, and closes the connection without reading an answer.
async fn change_and_go_away(account: &Account, handed: &Handed, at: &Instance, wait: Duration) {
    let body = json!({"current": Password::FIRST.text(), "new": Password::SECOND.text()}).to_string();
    let credential = match &handed.credential {
        Credential::Cookie { name, value } => format!("Cookie: {name}={value}"),
        Credential::Bearer(token) => format!("Authorization: Bearer {token}"),
    };
    let request = format!(
        "POST /password HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         X-Forwarded-For: {}\r\n{credential}\r\n\r\n{body}",
        at.target.authority(),
        body.len(),
        account.address,
    );
    let mut stream = TcpStream::connect(at.target.authority()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    // The request must run in real time until the connection closes.
    sleep(wait).await;
}

/// Measures a password change whose client waits for the answer.
async fn how_long_it_takes(kind: Kind, at: &Instance) -> Duration {
    let account = Account::new("stayed");
    account.register(at).await;
    let handed = account.log_in(kind, at).await;
    let began = Instant::now();
    let changed = account.ask(at, handed.shown_in(ending::first_password())).await;
    assert!(changed.status < 300, "{}", changed.text());
    began.elapsed()
}

/// Tells whether the password was changed. If so, all earlier logins must have ended; if not, they must work.
async fn check(
    (account, logins): &(Account, [Handed; 2]),
    kind: Kind,
    at: &[Instance; 2],
    complaints: &Complaints,
) -> bool {
    let new = account.answered(&at[0], account.login(kind, Password::SECOND)).await.status;
    let old = account.answered(&at[0], account.login(kind, Password::FIRST)).await.status;
    let (was_changed, expected) = match (old, new) {
        (200, 401) => (false, 200),
        (401, 200) => (true, 401),
        _ => {
            complaints.add(format!("{kind:?}: the old password got {old}, the new one {new}"), "");
            return false;
        }
    };
    for instance in at {
        for (login, what) in logins.iter().zip(["the login that asks", "the other login"]) {
            let status = account.status(instance, login).await;
            if status != expected {
                let changed = if was_changed { "was changed" } else { "was not changed" };
                complaints.add(format!("{kind:?}: the password {changed}, and {what} got {status}"), "");
            }
        }
    }
    was_changed
}

async fn go_away(deployment: &Deployment) {
    let complaints = Complaints::default();
    let kinds = Kind::ALL.map(|kind| {
        let complaints = &complaints;
        async move {
            let launch = deployment.launch(kind.service()).with_costly_passwords();
            let at = [launch.start().await, launch.start().await];
            let whole = how_long_it_takes(kind, &at[0]).await;
            let mut gone = Vec::new();
            for number in 0..CLIENTS {
                let account = Account::new("gone");
                account.register(&at[0]).await;
                let logins = [account.log_in(kind, &at[0]).await, account.log_in(kind, &at[1]).await];
                change_and_go_away(&account, &logins[0], &at[0], whole * number / (CLIENTS - 4)).await;
                gone.push((account, logins));
            }
            sleep(SETTLED + ONE_SECOND).await;
            let checked = join_all(gone.iter().map(|gone| check(gone, kind, &at, complaints))).await;
            if !checked.contains(&true) {
                complaints.add(format!("{kind:?}: no request reached the password change"), "");
            }
        }
    });
    join_all(kinds).await;
    complaints.none();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_change_is_whole_on_sqlite_though_its_client_goes_away() {
    let files = folder();
    go_away(&Deployment::new(Database::sqlite(&files), Reach::Feed)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_change_is_whole_on_postgresql_though_its_client_goes_away() {
    let Some(server) = Server::start().await else { return };
    go_away(&Deployment::new(server.database(), Reach::Feed)).await;
}
