//! Chooses the next calls at random, for logins that are certainly active.

use std::collections::BTreeSet;

use super::{
    model::{Call, State, certainly_alive},
    random::Random,
};
use crate::support::{handed::Kind, password::Password};

/// What is known about the account.
pub(super) struct Known<'k> {
    pub(super) states: &'k BTreeSet<State>,
    pub(super) kinds: &'k [Kind],
    /// How many passwords were ever requested.
    pub(super) passwords: usize,
}

/// Calls to make in parallel, and the kinds of the logins that they may begin.
pub(super) fn next(random: &mut Random, known: &Known<'_>) -> (Vec<Call>, Vec<Kind>) {
    let passwords: Vec<Password> =
        known.states.iter().map(|state| state.password).collect::<BTreeSet<_>>().into_iter().collect();
    let mut begun = Vec::new();
    let at_once = match random.below(10) {
        // Only a login shows which password is valid.
        _ if passwords.len() > 1 => 1,
        0..5 => 1,
        5..8 => 2,
        _ => 3,
    };
    let (mut calls, mut asked, mut new_passwords) = (Vec::new(), BTreeSet::new(), 0);
    for _ in 0..at_once {
        let alive: Vec<usize> =
            certainly_alive(known.states).into_iter().filter(|login| !asked.contains(login)).collect();
        let next_login = known.kinds.len() + begun.len();
        let caller = random.one_of(&alive).copied();
        let call = match (random.below(100), caller) {
            (0..35, _) | (_, None) => log_in(random, &passwords, known.passwords, next_login),
            _ if passwords.len() > 1 => log_in(random, &passwords, known.passwords, next_login),
            (35..45, Some(login)) => Call::Logout { login },
            (45..55, Some(caller)) => one(random, known, &alive, caller),
            (55..62, Some(caller)) => Call::All { caller },
            (62..72, Some(caller)) => Call::Others { caller },
            (72..84, Some(caller)) => {
                new_passwords += 1;
                let to = Password::after(known.passwords + new_passwords - 1);
                Call::Password { caller, from: passwords[0], to, login: next_login }
            }
            (_, Some(login)) if known.kinds[login] == Kind::Jwt => Call::Refresh { login },
            _ => log_in(random, &passwords, known.passwords, next_login),
        };
        match call {
            Call::LogIn { .. } => begun.push(Kind::ALL[random.below(Kind::ALL.len())]),
            Call::Password { caller, .. } => begun.push(known.kinds[caller]),
            _ => {}
        }
        asked.extend(caller);
        calls.push(call);
    }
    (calls, begun)
}

/// Uses a valid password, and in one of ten cases any password.
fn log_in(random: &mut Random, right: &[Password], all: usize, login: usize) -> Call {
    let password =
        if random.percent(10) { Password::after(random.below(all)) } else { right[random.below(right.len())] };
    Call::LogIn { password, login }
}

/// Ends another login of the same service if there is one, else the asking login.
fn one(random: &mut Random, known: &Known<'_>, alive: &[usize], caller: usize) -> Call {
    if known.kinds[caller] == Kind::Cookie {
        return Call::Others { caller };
    }
    let same = |login: &&usize| known.kinds[**login].service() == known.kinds[caller].service();
    let targets: Vec<usize> = alive.iter().filter(same).copied().collect();
    Call::One { caller, target: random.one_of(&targets).copied().unwrap_or(caller) }
}
