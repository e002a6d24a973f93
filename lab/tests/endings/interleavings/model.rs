//! The model: which logins of an account are active, and which password is valid.

use std::collections::BTreeSet;

use crate::support::{handed::Kind, password::Password};

/// A possible state of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct State {
    pub(super) password: Password,
    /// The active logins, by number.
    pub(super) alive: BTreeSet<usize>,
}

/// A call. A login gets its number when the call that may begin it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    LogIn { password: Password, login: usize },
    Logout { login: usize },
    One { caller: usize, target: usize },
    All { caller: usize },
    Others { caller: usize },
    Password { caller: usize, from: Password, to: Password, login: usize },
    Refresh { login: usize },
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    pub(super) call: Call,
    pub(super) done: bool,
}

impl State {
    pub(super) fn first() -> Self {
        Self { password: Password::FIRST, alive: BTreeSet::new() }
    }

    /// The state after `made`, or `None` if this call cannot have got this answer. `began` is the state before all
    /// overlapping calls: a login active in it may ask, even if another overlapping call ends it.
    fn after(&self, made: Made, began: &Self, kinds: &[Kind]) -> Option<Self> {
        let Made { call, done } = made;
        let mut next = self.clone();
        let lives = |login: usize| self.alive.contains(&login);
        let may_ask = |login: usize| lives(login) || (done && began.alive.contains(&login));
        match call {
            Call::LogIn { password, login } => {
                if done != (password == self.password) {
                    return None;
                }
                if done {
                    next.alive.insert(login);
                }
            }
            // A logout is answered 204 even if the login has already ended.
            Call::Logout { login } => {
                next.alive.remove(&login);
            }
            Call::Refresh { login } => return (done == may_ask(login)).then_some(next),
            Call::One { caller, .. } | Call::All { caller } | Call::Others { caller } => {
                if done != may_ask(caller) {
                    return None;
                }
                if done {
                    next.alive.retain(|login| !ends(call, *login, kinds));
                }
            }
            Call::Password { caller, from, to, login } => {
                if done != (may_ask(caller) && from == self.password) {
                    return None;
                }
                if done {
                    next = Self { password: to, alive: BTreeSet::from([login]) };
                }
            }
        }
        Some(next)
    }
}

/// Whether this call, if done, ends an earlier login.
fn ends(call: Call, login: usize, kinds: &[Kind]) -> bool {
    let same_service = |other: usize| kinds[other].service() == kinds[login].service();
    match call {
        Call::Logout { login: ended } | Call::One { target: ended, .. } => ended == login,
        Call::All { caller } => same_service(caller),
        Call::Others { caller } => same_service(caller) && caller != login,
        Call::Password { .. } => true,
        Call::LogIn { .. } | Call::Refresh { .. } => false,
    }
}

/// The states after overlapping calls. Any order of the calls is right.
pub(super) fn after(states: &BTreeSet<State>, made: &[Made], kinds: &[Kind]) -> BTreeSet<State> {
    let mut next = BTreeSet::new();
    for variant in variants(made, kinds) {
        for order in orders(variant.len()) {
            for began in states {
                let calls = order.iter().map(|number| variant[*number]);
                let end = calls.into_iter().try_fold(began.clone(), |state, made| match made {
                    Some(made) => state.after(made, began, kinds),
                    None => Some(state),
                });
                next.extend(end);
            }
        }
    }
    next
}

/// A login or password change may be answered 401 although it was done, if another call ended its new login. Such a
/// login counts as not made, such a password change as done and ended.
fn variants(made: &[Made], kinds: &[Kind]) -> Vec<Vec<Option<Made>>> {
    let mut variants: Vec<Vec<Option<Made>>> = vec![Vec::new()];
    for (number, one) in made.iter().enumerate() {
        let others = made.iter().enumerate().filter(|(other, _)| *other != number);
        let begun = match one.call {
            Call::LogIn { login, .. } | Call::Password { login, .. } => Some(login),
            _ => None,
        };
        let ended = begun.is_some_and(|login| others.into_iter().any(|(_, by)| by.done && ends(by.call, login, kinds)));
        let mut choices = vec![Some(*one)];
        if !one.done && ended {
            choices.push(match one.call {
                Call::LogIn { .. } => None,
                call => Some(Made { call, done: true }),
            });
        }
        variants = variants
            .into_iter()
            .flat_map(|variant| choices.iter().map(move |choice| [variant.clone(), vec![*choice]].concat()))
            .collect();
    }
    variants
}

fn orders(length: usize) -> Vec<Vec<usize>> {
    (0..length).fold(vec![Vec::new()], |orders, number| {
        let inserted = |order: Vec<usize>| {
            (0..=order.len()).map(move |at| {
                let mut order = order.clone();
                order.insert(at, number);
                order
            })
        };
        orders.into_iter().flat_map(inserted).collect()
    })
}

/// Logins that are active in every state.
pub(super) fn certainly_alive(states: &BTreeSet<State>) -> Vec<usize> {
    let mut alive = states.iter().map(|state| state.alive.clone());
    let first = alive.next().unwrap_or_default();
    alive.fold(first, |common, alive| &common & &alive).into_iter().collect()
}

#[test]
fn of_calls_that_overlap_any_order_is_right() {
    let kinds = [Kind::Cookie, Kind::Cookie];
    let both = BTreeSet::from([State { password: Password::FIRST, alive: BTreeSet::from([0]) }]);
    let login = Made { call: Call::LogIn { password: Password::FIRST, login: 1 }, done: true };
    let all = Made { call: Call::All { caller: 0 }, done: true };
    let alive: Vec<BTreeSet<usize>> =
        after(&both, &[login, all], &kinds).into_iter().map(|state| state.alive).collect();
    assert_eq!(alive, [BTreeSet::new(), BTreeSet::from([1])]);
    assert_eq!(orders(3).len(), 6);
}

#[test]
fn a_login_with_a_replaced_password_never_lives() {
    let kinds = [Kind::Session, Kind::Jwt, Kind::Session];
    let first = BTreeSet::from([State { password: Password::FIRST, alive: BTreeSet::from([0]) }]);
    let login = Made { call: Call::LogIn { password: Password::FIRST, login: 1 }, done: true };
    let change =
        Made { call: Call::Password { caller: 0, from: Password::FIRST, to: Password::SECOND, login: 2 }, done: true };
    for state in after(&first, &[login, change], &kinds) {
        assert_eq!(state, State { password: Password::SECOND, alive: BTreeSet::from([2]) });
    }
}
