//! `session_memory`: what a session takes of memory in session-svc and in tower-sessions, of this process or of Redis, and how
//! often Redis is asked for one. Everything is measured in one run.

mod keepers;
mod payload;
mod process;
mod redis;
mod spread;

use std::{env, io};

use self::{keepers::Keeper, payload::Payload, spread::Spread};

/// Sessions in a process at the time of measuring: a map is as full as it happens to be, and these are all stages of that.
const IN_A_PROCESS: [usize; 6] = [60_000, 90_000, 120_000, 150_000, 180_000, 210_000];
/// Steps in which Redis is filled, and sessions of each.
const IN_REDIS: (usize, usize) = (10, 5_000);

#[tokio::main]
async fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => compare().await,
        ["fill", keeper, payload, sessions] => {
            let keeper = Keeper::in_memory(keeper)?;
            let sessions = sessions.parse().map_err(io::Error::other)?;
            println!("{}", process::grown_by(&keeper, Payload::named(payload)?, sessions).await?);
            Ok(())
        }
        _ => Err(io::Error::other("without arguments, it measures")),
    }
}

async fn compare() -> io::Result<()> {
    println!("Bytes a session: median (least to most).\n");
    for payload in Payload::ALL {
        println!("{}", payload.described());
        for name in keepers::IN_MEMORY {
            let grown: io::Result<Vec<f64>> =
                IN_A_PROCESS.iter().map(|sessions| process::grown_in_a_fresh_one(name, payload, *sessions)).collect();
            println!("  {:<44}{}", format!("{name}, in memory"), Spread::of(grown?));
        }
        for name in keepers::IN_REDIS {
            let server = redis::Server::start().await?;
            let keeper = Keeper::in_redis(name, &server.url()).await?;
            let mut grown = Vec::new();
            for step in 0..IN_REDIS.0 {
                let before = server.used_memory()?;
                keeper.fill(payload, step * IN_REDIS.1, IN_REDIS.1).await?;
                grown.push(redis::per(IN_REDIS.1, before, server.used_memory()?));
            }
            let keys = server.keys()?;
            println!("  {:<44}{}   {keys} keys", format!("{name}, in Redis"), Spread::of(grown));
            let id = keeper.log_in(payload, IN_REDIS.0 * IN_REDIS.1).await?;
            println!("  {:<44}{}", "  reading one", server.asked_by(keeper.recall(&id)).await?);
        }
        println!();
    }
    Ok(())
}
