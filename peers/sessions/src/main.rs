//! `session_memory`: measures the memory per session in session-svc and in tower-sessions, in the process or in Redis.
//! It also counts Redis' commands per read. One run measures everything.

mod keepers;
mod payload;
mod process;
mod redis;
mod spread;

use std::{env, io};

use self::{keepers::Keeper, payload::Payload, spread::Spread};

/// Numbers of sessions in a process. A map grows in steps, so several numbers show how full it can be.
const IN_A_PROCESS: [usize; 6] = [60_000, 90_000, 120_000, 150_000, 180_000, 210_000];
/// The number of steps in which Redis is filled, and the sessions per step.
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
        _ => Err(io::Error::other("unknown arguments; run it without arguments to measure")),
    }
}

async fn compare() -> io::Result<()> {
    println!("Bytes per session: median (minimum to maximum).\n");
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
