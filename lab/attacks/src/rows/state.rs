//! Old items and ended logins, brought back by an old credential or a concurrent write.

use std::time::Duration;

use authlab_client::{
    Client,
    about::StateLives,
    request::Request,
    visitor::{LoginWith, Visitor, put_item},
};
use futures_util::future::join_all;
use tokio::time::sleep;

use super::{Attempt, Played, by_nature_if, fell_if};

pub(super) async fn roll_back_an_item(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    victim.store("balance", "10").await?;
    let mut old = victim.thief();
    victim.store("balance", "0").await?;
    let answer = old.ask(Request::get("/items/balance")).await?;
    let found = answer.json().map(|body| body["value"].clone()).unwrap_or_default();
    let is_back = answer.status == 200 && found == "10";
    let lives_here = attempt.about.state_lives == StateLives::Server;
    fell_if(is_back && lives_here, "an old credential brings an old item back")?;
    by_nature_if(
        is_back,
        "the item is in the client, and an older copy of it is as good as the newest",
        "keep on the server what must not be rolled back",
        "one look-up in the store a request",
    )
}

/// A session store that writes back what it read before would restore a session that was deleted in between.
pub(super) async fn write_while_logging_out(attempt: &mut Attempt) -> Played {
    const ROUNDS: u32 = 12;
    let username = attempt.account("victim").await?;
    for round in 0..ROUNDS {
        let mut victim = Visitor::log_in(attempt.somebody("victim"), &username, LoginWith::Json).await?;
        let mut writers: Vec<Client> = (0..4).map(|_| victim.thief()).collect();
        let mut afterwards = victim.thief();
        for writer in &mut writers {
            writer.connect().await?;
        }
        let writing = join_all(writers.iter_mut().map(|writer| writer.ask(put_item("note", "late"))));
        let logging_out = async {
            sleep(head_start(round)).await;
            victim.ask(Request::post("/logout")).await
        };
        let (written, logged_out) = tokio::join!(writing, logging_out);
        logged_out?.is(204)?;
        for answer in written {
            answer?;
        }
        let revived = afterwards.whoami().await?.is_some();
        attempt.outlived_if(revived, "a write that was under way brought the login back")?;
        for writer in &mut writers {
            let outlives = writer.whoami().await?.is_some();
            fell_if(outlives, "a write that was under way was handed a login that outlives the logout")?;
        }
    }
    Ok(())
}

/// The head start of the writes before the logout: none at first, then a sixteenth of a millisecond, then twice as much
/// each time, since the duration of a write in the service is unknown.
fn head_start(round: u32) -> Duration {
    Duration::from_nanos(62_500) * (2_u32.pow(round) / 2)
}
