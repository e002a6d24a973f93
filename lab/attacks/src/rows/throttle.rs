//! Addresses and clients: one client has many addresses, and behind a proxy many clients have one.

use std::net::{Ipv4Addr, Ipv6Addr};

use authlab_client::{
    answer::Answer,
    expect::Failure,
    visitor::{LoginWith, PASSWORD},
};

use super::{
    Attempt, Played, fell_if,
    guessing::{MAX_GUESSES, X_FORWARDED_FOR, is_slowed_down},
    not_applicable,
};

/// Guesses from one client on one account: twice the default limit.
const FROM_ONE_CLIENT: u16 = 20;
/// The address from which the owner logs in, before and during the attack.
const OWNER: &str = "198.51.100.7";
/// Two clients behind a proxy that appends their ports.
const WITH_PORTS: [[&str; 2]; 2] =
    [["203.0.113.9:51008", "203.0.113.10:51008"], ["[2001:db8:a::9]:51008", "[2001:db8:b::9]:443"]];

pub(super) async fn hide_behind_many_addresses(attempt: &mut Attempt) -> Played {
    let target = attempt.deployment.behind_a_proxy.as_ref();
    let no_proxy = || not_applicable("the lab is no trusted proxy of this one, and has one address");
    let attempt = attempt.at(target.ok_or_else(no_proxy)?).await?;
    let username = attempt.account("victim").await?;
    let one_64 = (0..FROM_ONE_CLIENT).map(|host| Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 0, 0, 0, host).to_string());
    let is_slowed = guesses_are_slowed_down(&attempt, &username, one_64).await?;
    fell_if(!is_slowed, format!("{FROM_ONE_CLIENT} guesses from one IPv6 /64, and none was slowed down"))?;
    for [guesser, owner] in WITH_PORTS {
        let username = attempt.account("victim").await?;
        let guesses = (0..FROM_ONE_CLIENT).map(|_| guesser.to_owned());
        let is_slowed = guesses_are_slowed_down(&attempt, &username, guesses).await?;
        fell_if(!is_slowed, format!("{FROM_ONE_CLIENT} guesses from {guesser}, and none was slowed down"))?;
        let answer = log_in(&attempt, "owner", (&username, PASSWORD), owner).await?;
        fell_if(answer.status != 200, format!("guesses from {guesser} close the account to {owner}"))?;
    }
    keep_the_owner_out(&attempt).await
}

/// An attacker with a botnet can reach the limit of an account.
async fn keep_the_owner_out(attempt: &Attempt) -> Played {
    let username = attempt.account("victim").await?;
    log_in(attempt, "owner", (&username, PASSWORD), OWNER).await?.is(200)?;
    let botnet = (0..=MAX_GUESSES).map(|bot| Ipv4Addr::from_bits(0xcb00_7100 + bot).to_string());
    guesses_are_slowed_down(attempt, &username, botnet).await?;
    let answer = log_in(attempt, "owner", (&username, PASSWORD), OWNER).await?;
    let kept_out = format!("failures of others keep the owner out, with the right password and from {OWNER}");
    fell_if(answer.status != 200, kept_out)
}

/// Guesses from one address after the other, until one is refused without a check.
async fn guesses_are_slowed_down(
    attempt: &Attempt,
    username: &str,
    addresses: impl Iterator<Item = String>,
) -> Result<bool, Failure> {
    for address in addresses {
        let answer = log_in(attempt, "attacker", (username, "not the right password"), &address).await?;
        if is_slowed_down(&answer) {
            return Ok(true);
        }
        answer.is(401)?;
    }
    Ok(false)
}

/// A request as a proxy forwards it from this address.
async fn log_in(
    attempt: &Attempt,
    who: &'static str,
    (username, password): (&str, &str),
    from: &str,
) -> Result<Answer, Failure> {
    let request = LoginWith::Json.request(username, password);
    attempt.somebody(who).ask(request.header(X_FORWARDED_FOR, from)).await
}
