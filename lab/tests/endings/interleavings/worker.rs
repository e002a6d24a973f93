//! One interleaving on its own account: makes the calls, checks the answers, and asks at the end which logins are
//! active.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use authlab_client::{answer::Answer, request::Request, visitor::refresh};
use futures_util::future::join_all;
use tokio::time::sleep;

use super::{
    Services,
    model::{self, Call, Made, State},
    plan::{self, Known},
    random::Random,
};
use crate::support::{
    account::Account,
    ending,
    handed::{Handed, Kind},
    instance::Instance,
};

const ROUNDS: usize = 12;
/// The contract allows an ending one second to reach every instance.
const ONE_SECOND: Duration = Duration::from_secs(1);

/// The credentials handed out for one login, the newest last.
#[derive(Default)]
struct Credentials {
    all: Vec<Handed>,
    /// How many of the first credentials may be invalid although the login is active.
    replaced: usize,
}

pub(super) struct Worker {
    services: Arc<Services>,
    random: Random,
    account: Account,
    kinds: Vec<Kind>,
    logins: Vec<Credentials>,
    states: BTreeSet<State>,
    passwords: usize,
    history: Vec<String>,
}

/// Undecided means that a service was too busy to answer.
pub(super) enum Outcome {
    Right,
    Wrong(String),
    Undecided,
}

impl Worker {
    pub(super) fn new(services: &Arc<Services>, seed: u64) -> Self {
        Self {
            services: Arc::clone(services),
            random: Random::seeded(seed),
            account: Account::new("interleaved"),
            kinds: Vec::new(),
            logins: Vec::new(),
            states: BTreeSet::from([State::first()]),
            passwords: 1,
            history: Vec::new(),
        }
    }

    pub(super) async fn run(mut self) -> Outcome {
        // The second instance hashes passwords at production cost: its logins take long enough for other calls to
        // overtake them.
        let registers = usize::from(self.random.percent(30));
        self.account.register(self.services.at(Kind::Cookie, registers)).await;
        for _ in 0..ROUNDS {
            match self.round().await {
                Ok(true) => {}
                Ok(false) => return Outcome::Undecided,
                Err(wrong) => return self.wrong(&wrong),
            }
        }
        sleep(ONE_SECOND).await;
        match self.who_lives().await {
            Ok(()) => Outcome::Right,
            Err(wrong) => self.wrong(&wrong),
        }
    }

    fn wrong(&self, wrong: &str) -> Outcome {
        Outcome::Wrong(format!("{wrong}\n    {}", self.history.join("\n    ")))
    }

    /// Makes one round of calls. Returns false if a call stays undecided, and an error if no order of the calls
    /// explains the answers.
    async fn round(&mut self) -> Result<bool, String> {
        let known = Known { states: &self.states, kinds: &self.kinds, passwords: self.passwords };
        let (calls, begun) = plan::next(&mut self.random, &known);
        self.kinds.extend(begun);
        self.logins.resize_with(self.kinds.len(), Credentials::default);
        let mut requests = Vec::new();
        for call in &calls {
            let at = self.random.below(2);
            let wait = Duration::from_micros(u64::try_from(self.random.below(4_000)).unwrap());
            requests.push((self.services.at(self.kind(*call), at), self.request(*call).await?, at, wait));
            if let Call::Password { .. } = call {
                self.passwords += 1;
            }
        }
        let places: Vec<usize> = requests.iter().map(|(_, _, at, _)| *at).collect();
        let answers = join_all(requests.into_iter().map(|(instance, request, _, wait)| {
            let account = &self.account;
            async move {
                // Random delays vary the order in which the calls arrive.
                sleep(wait).await;
                account.answered_at_last(instance, request).await
            }
        }))
        .await;
        self.learn(&calls, &places, &answers)
    }

    fn learn(&mut self, calls: &[Call], places: &[usize], answers: &[(Answer, bool)]) -> Result<bool, String> {
        let mut made = Vec::new();
        for ((call, place), (answer, again)) in calls.iter().zip(places).zip(answers) {
            let together = if calls.len() > 1 { " together" } else { "" };
            let line = format!("{call:?} {:?} at {place}{together}: {}", self.kind(*call), answer.status);
            self.history.push(line.clone());
            match (*call, answer.status) {
                // After a retry of a 503 it is unknown what the first request did.
                (_, 503) => return Ok(false),
                (_, 400 | 401) if *again => return Ok(false),
                (Call::LogIn { .. } | Call::Refresh { .. } | Call::Password { .. }, 200) | (_, 204) => {
                    made.push(Made { call: *call, done: true });
                    self.keep(*call, answer);
                }
                (Call::Refresh { .. }, 400) | (_, 401) => made.push(Made { call: *call, done: false }),
                // Another call of this round has already ended the target.
                (Call::One { .. }, 404) if calls.len() > 1 => made.push(Made { call: *call, done: true }),
                _ => return Err(format!("{line}: {}", answer.text())),
            }
        }
        let next = model::after(&self.states, &made, &self.kinds);
        if next.is_empty() {
            return Err(format!("no order of the last calls explains their answers; before them {:?}", self.states));
        }
        self.states = next;
        Ok(true)
    }

    fn keep(&mut self, call: Call, answer: &Answer) {
        let Some(handed) = Handed::by(answer) else { return };
        match call {
            Call::LogIn { login, .. } | Call::Password { login, .. } | Call::Refresh { login } => {
                self.logins[login].all.push(handed);
            }
            Call::Others { caller } => {
                let credentials = &mut self.logins[caller];
                credentials.replaced = credentials.all.len();
                credentials.all.push(handed);
            }
            _ => {}
        }
    }

    fn kind(&self, call: Call) -> Kind {
        match call {
            Call::LogIn { login, .. } | Call::Logout { login } | Call::Refresh { login } => self.kinds[login],
            Call::One { caller, .. }
            | Call::All { caller }
            | Call::Others { caller }
            | Call::Password { caller, .. } => self.kinds[caller],
        }
    }

    fn newest(&self, login: usize) -> &Handed {
        self.logins[login].all.last().expect("an active login has a credential")
    }

    async fn request(&self, call: Call) -> Result<Request, String> {
        Ok(match call {
            Call::LogIn { password, login } => self.account.login(self.kinds[login], password),
            Call::Logout { login } => self.newest(login).shown_in(ending::logout()),
            Call::One { caller, target } => {
                let at = self.services.at(self.kinds[target], 0);
                let id = ending::id_of(&self.account, self.newest(target), at).await?;
                self.newest(caller).shown_in(ending::one(&id))
            }
            Call::All { caller } => self.newest(caller).shown_in(ending::all()),
            Call::Others { caller } => self.newest(caller).shown_in(ending::others()),
            Call::Password { caller, from, to, .. } => self.newest(caller).shown_in(ending::password(from, to)),
            Call::Refresh { login } => {
                let tokens = self.logins[login].all.iter().rev().find_map(|handed| handed.refresh.as_deref());
                refresh(tokens.expect("a JWT comes with a refresh token"))
            }
        })
    }

    /// Asks both instances about every credential ever handed out. A state of the model must match the answers.
    async fn who_lives(&mut self) -> Result<(), String> {
        let mut alive = BTreeSet::new();
        for (login, credentials) in self.logins.iter().enumerate() {
            let at = [0, 1].map(|at| self.services.at(self.kinds[login], at));
            let mut answers = Vec::new();
            for (number, handed) in credentials.all.iter().enumerate() {
                let statuses = [self.account.status(at[0], handed).await, self.account.status(at[1], handed).await];
                answers.push((number < credentials.replaced, statuses));
            }
            match is_active(&answers) {
                Ok(true) => drop(alive.insert(login)),
                Ok(false) => {}
                Err(()) => {
                    return Err(format!("login {login} {:?} got {answers:?}", self.kinds[login]));
                }
            }
        }
        let fits: BTreeSet<State> = self.states.iter().filter(|state| state.alive == alive).cloned().collect();
        if fits.is_empty() {
            return Err(format!("{alive:?} are active, but the model allows only: {:?}", self.states));
        }
        self.states = fits;
        self.what_refreshes(&alive).await
    }

    async fn what_refreshes(&self, alive: &BTreeSet<usize>) -> Result<(), String> {
        for (login, credentials) in self.logins.iter().enumerate() {
            let newest = credentials.all.iter().rev().find_map(|handed| handed.refresh.as_deref());
            let Some(token) = newest else { continue };
            let instance: &Instance = self.services.at(Kind::Jwt, 1);
            let bought = self.account.answered(instance, refresh(token)).await;
            let lives = match Handed::by(&bought) {
                Some(handed) => self.account.status(instance, &handed).await == 200,
                None => false,
            };
            if alive.contains(&login) != lives {
                return Err(format!("the refresh token of login {login} got {}", bought.text()));
            }
        }
        Ok(())
    }
}

/// Whether the answers at both instances show an active login. Replaced credentials prove nothing about an active
/// login.
fn is_active(answers: &[(bool, [u16; 2])]) -> Result<bool, ()> {
    let sure = answers.iter().filter(|(replaced, _)| !replaced).map(|(_, statuses)| statuses);
    let lives = sure.clone().next().is_some_and(|statuses| statuses[0] == 200);
    let expected = if lives { 200 } else { 401 };
    let all =
        if lives { sure.copied().collect() } else { answers.iter().map(|(_, statuses)| *statuses).collect::<Vec<_>>() };
    if all.iter().flatten().all(|status| *status == expected) { Ok(lives) } else { Err(()) }
}
