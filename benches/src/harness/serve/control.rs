//! Commands from the parent to a child, one line each way: logins without the cost of a password, and expired logins.

use std::{
    io::{self, BufRead as _, Write as _},
    net::SocketAddr,
    ops::Range,
    process,
    sync::Arc,
    time::Duration,
};

use authlab_clock::Clock;
use authlab_mechanism::{
    Mechanism,
    items::{NewItem, Seal, Sealing},
    login::{Account, Device, NewLogin},
    presented::Presented,
    refusal::Refusal,
};
use authlab_service::Ground;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use crate::{
    cpu_time,
    harness::{
        contender::{Contender, Serves},
        held::Held,
        journey::{ACCOUNTS, Play, username},
        lanes::Lanes,
    },
};

/// A command to the child. The reply is a `Result`; its error says why the command failed.
#[derive(Debug, Deserialize, Serialize)]
pub enum Command {
    /// Return the CPU time of the process as a `Duration`.
    Clock,
    /// Make `count` logins, each of another account, and return `keep` of them, evenly spread. Each has items of these
    /// sizes.
    LogIn { count: u32, keep: u32, items: Vec<u32> },
    /// Make logins that have expired.
    Expired { count: u32 },
    /// Send the requests from inside the server: a measurement mistake made on purpose.
    Inside { requests: Vec<String>, count: u32, in_flight: u32 },
}

/// The child's state for the commands.
pub(super) struct Inmate {
    contender: &'static Contender,
    address: SocketAddr,
    mechanism: Arc<dyn Mechanism>,
    past: Arc<dyn Mechanism>,
    runtime: Handle,
    ground: Ground,
    /// The number of accounts in the database.
    accounts: u32,
    logins: u32,
}

/// The number of names with the same length.
const NAMES: u32 = 100_000;
/// Longer than any lifetime.
const AGO: Duration = Duration::from_hours(24 * 90);
/// The maximum item size. Larger payloads are several items, because a cookie holds one item.
const LARGEST: u32 = 1_024;
/// A hash of the password in [`log_in`](crate::harness::journey::log_in) with the minimum parameters. A login then
/// costs everything except the password, which is measured separately.
const CHEAPEST: &str = "$argon2id$v=19$m=8,t=1,p=1$OldMIF9t21g/ok6KV8SAog$bEogqvkcYI9EJFbZ4zfSC5ixtrhEYF5NVFo0onhRdTY";

/// Registers these accounts.
pub(super) async fn register(ground: &Ground, accounts: Range<u32>) {
    let insert =
        "INSERT INTO account (id, username, username_key, password_hash, created_at) VALUES ($1, $2, $2, $3, $4)";
    let now = ground.clock.seconds();
    let mut transaction = ground.database.begin_to_write().await.expect("the database can be written");
    for Account { id, username, .. } in accounts.map(account) {
        let row = sqlx::query(insert).bind(id).bind(username).bind(CHEAPEST).bind(now);
        row.execute(&mut *transaction).await.expect("no other process registers accounts");
    }
    transaction.commit().await.expect("the database can be written");
}

/// The same database and keys with an older clock.
pub(super) fn long_ago(ground: &Ground) -> Ground {
    let then = ground.clock.seconds() - i64::try_from(AGO.as_secs()).unwrap_or_default();
    Ground { clock: Clock::manual(then), ..ground.clone() }
}

fn account(number: u32) -> Account {
    let number = number % NAMES;
    Account { id: i64::from(number) + 1, username: username(number), generation: 0 }
}

impl Inmate {
    pub(super) fn new(
        contender: &'static Contender,
        address: SocketAddr,
        mechanism: Arc<dyn Mechanism>,
        past: Arc<dyn Mechanism>,
        ground: Ground,
    ) -> Self {
        let runtime = Handle::current();
        Self { contender, address, mechanism, past, runtime, ground, accounts: ACCOUNTS, logins: 0 }
    }

    fn log_in(&mut self, count: u32, keep: u32, items: &[u32]) -> Result<Vec<Held>, String> {
        let needed = (self.logins + count).min(NAMES);
        // An opaque token's account is looked up; other mechanisms carry or store its name.
        if self.contender.serves == Serves::Token && needed > self.accounts {
            self.runtime.block_on(register(&self.ground, self.accounts..needed));
            self.accounts = needed;
        }
        let every = (count / keep.max(1)).max(1);
        let mut kept = Vec::new();
        for turn in 0..count {
            let held = self.runtime.block_on(self.logged_in(&*self.mechanism, items))?;
            self.logins += 1;
            if turn % every == 0 {
                kept.push(held);
            }
        }
        Ok(kept)
    }

    fn expired(&self, count: u32) -> Result<Vec<Held>, String> {
        (0..count).map(|_| self.runtime.block_on(self.logged_in(&*self.past, &[]))).collect()
    }

    async fn logged_in(&self, mechanism: &dyn Mechanism, items: &[u32]) -> Result<Held, String> {
        let refused = |refusal: Refusal| format!("{refusal:?}");
        let mut held = Held::default();
        let account = account(self.logins);
        let granted = mechanism
            .login(NewLogin::new(&Presented::default(), &account, &Device::default()))
            .await
            .map_err(refused)?;
        held.take(granted.handover);
        for (number, item) in items.iter().flat_map(|bytes| pieces(*bytes)).enumerate() {
            let put = mechanism.put_item(&held.presented(), new_item(self.contender, number, item)).await;
            held.take(put.map_err(refused)?);
        }
        if !items.is_empty() && mechanism.recall(&held.presented()).await.map_err(refused)?.login.is_err() {
            return Err(format!("with {items:?} bytes of items it is more than the mechanism takes: 413 over HTTP"));
        }
        Ok(held)
    }

    fn inside(&self, requests: Vec<String>, count: u32, in_flight: u32) -> Result<(), String> {
        let lanes = Lanes::open(self.address, in_flight);
        let carried = lanes.and_then(|mut lanes| lanes.carry(&mut Play::turns(requests, "200"), count));
        carried.map(drop).map_err(|error| error.to_string())
    }
}

fn pieces(bytes: u32) -> impl Iterator<Item = u32> {
    (0..bytes).step_by(LARGEST as usize).map(move |done| LARGEST.min(bytes - done))
}

fn new_item(contender: &Contender, number: usize, bytes: u32) -> NewItem {
    let key = if number == 0 { "note".to_owned() } else { format!("note{number}") };
    let seal = match contender.seal {
        Some("plain") => Seal::Plain,
        Some("private") => Seal::Private,
        _ => Seal::Signed,
    };
    NewItem {
        key: key.parse().expect("a key"),
        value: "x".repeat(bytes as usize),
        max_age: None,
        sealing: Sealing { seal, salt: String::new() },
    }
}

/// Executes commands. End of input means that the parent has ended, so this process ends too.
pub(super) fn obey(mut inmate: Option<Inmate>) {
    for line in io::stdin().lock().lines() {
        let Ok(command) = line.map_err(drop).and_then(|line| serde_json::from_str(&line).map_err(drop)) else { break };
        if carry_out(command, inmate.as_mut()).is_err() {
            break;
        }
    }
    process::exit(0);
}

/// An error means that the parent does not read the reply.
fn carry_out(command: Command, inmate: Option<&mut Inmate>) -> io::Result<()> {
    match (command, inmate) {
        (Command::Clock, _) => reply(&Ok(cpu_time::spent())),
        (_, None) => reply::<()>(&Err("this contender takes no such command".to_owned())),
        (Command::LogIn { count, keep, items }, Some(inmate)) => reply(&inmate.log_in(count, keep, &items)),
        (Command::Expired { count }, Some(inmate)) => reply(&inmate.expired(count)),
        (Command::Inside { requests, count, in_flight }, Some(inmate)) => {
            reply(&inmate.inside(requests, count, in_flight))
        }
    }
}

fn reply<T: Serialize>(done: &Result<T, String>) -> io::Result<()> {
    serde_json::to_writer(io::stdout(), done)?;
    writeln!(io::stdout())
}
