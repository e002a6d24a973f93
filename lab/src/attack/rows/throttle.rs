//! Addresses are not clients: one client can have many addresses, and a proxy can hide many clients behind one.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::guessing::{MOST_GUESSES, X_FORWARDED_FOR, is_slowed_down};
use crate::{
    attack::{
        row::{Ended, Outcome},
        stage::{PASSWORD, Stage, login_of},
    },
    client::{answer::Answer, expect::Failure, request::Request},
};

/// Guesses from one client on one account: twice the default limit.
const FROM_ONE_CLIENT: u16 = 20;
/// The owner's address, before the attack and during it.
const OWNER: &str = "198.51.100.7";
/// Two clients behind a proxy that appends port numbers.
const WITH_PORTS: [[&str; 2]; 2] =
    [["203.0.113.9:51008", "203.0.113.10:51008"], ["[2001:db8:a::9]:51008", "[2001:db8:b::9]:443"]];

pub(super) async fn hide_behind_many_addresses(stage: &mut Stage) -> Ended {
    let Some(target) = stage.mark.behind_a_proxy.clone() else {
        return Ok(Outcome::not_applicable("the lab is no trusted proxy of this one, and has one address"));
    };
    let stage = stage.at(&target).await?;
    let username = stage.account("victim").await?;
    let one_64 = (0..FROM_ONE_CLIENT).map(|host| Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 0, 0, 0, host).to_string());
    if !guesses_are_slowed_down(&stage, &username, one_64).await? {
        return Ok(Outcome::fell(format!("{FROM_ONE_CLIENT} guesses from one IPv6 /64, and none was slowed down")));
    }
    for [guesser, owner] in WITH_PORTS {
        let username = stage.account("victim").await?;
        let guesses = (0..FROM_ONE_CLIENT).map(|_| guesser.to_owned());
        if !guesses_are_slowed_down(&stage, &username, guesses).await? {
            return Ok(Outcome::fell(format!("{FROM_ONE_CLIENT} guesses from {guesser}, and none was slowed down")));
        }
        if log_in(&stage, "owner", (&username, PASSWORD), owner).await?.status != 200 {
            return Ok(Outcome::fell(format!("guesses from {guesser} close the account to {owner}")));
        }
    }
    keep_the_owner_out(&stage).await
}

/// A botnet can exhaust the limit of failures per account.
async fn keep_the_owner_out(stage: &Stage) -> Ended {
    let username = stage.account("victim").await?;
    log_in(stage, "owner", (&username, PASSWORD), OWNER).await?.is(200)?;
    let botnet = (0..=MOST_GUESSES).map(|bot| Ipv4Addr::from_bits(0xcb00_7100 + bot).to_string());
    guesses_are_slowed_down(stage, &username, botnet).await?;
    let answer = log_in(stage, "owner", (&username, PASSWORD), OWNER).await?;
    Ok(if answer.status == 200 {
        Outcome::Held
    } else {
        Outcome::fell(format!("others' failures lock the owner out at {OWNER}, despite the right password"))
    })
}

/// Guesses from one address after the other until the service refuses a guess without checking the password.
async fn guesses_are_slowed_down(
    stage: &Stage,
    username: &str,
    addresses: impl Iterator<Item = String>,
) -> Result<bool, Failure> {
    for address in addresses {
        let answer = log_in(stage, "attacker", (username, "not the right password"), &address).await?;
        if is_slowed_down(&answer) {
            return Ok(true);
        }
        answer.is(401)?;
    }
    Ok(false)
}

/// Logs in as if a proxy forwarded the request from this address.
async fn log_in(
    stage: &Stage,
    who: &'static str,
    (username, password): (&str, &str),
    from: &str,
) -> Result<Answer, Failure> {
    let request = Request::post("/login").json(&login_of(username, password));
    stage.somebody(who).ask(request.header(X_FORWARDED_FOR, from)).await
}
