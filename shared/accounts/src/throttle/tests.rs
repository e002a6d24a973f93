//! What the limits allow, and to which clients.

use std::{net::IpAddr, time::Duration};

use authlab_clock::Clock;

use super::{Attempt, FAMILIAR_FOR, FORGET_ONE, MAX_COUNTERS, Policy, Throttle, TooManyAttempts};
use crate::tests::POLICY;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

fn throttle() -> Throttle {
    by(&Clock::manual(1_000))
}

fn by(clock: &Clock) -> Throttle {
    Throttle::new(clock.clone(), Policy { login_failures: 5, registrations: 20, ..POLICY })
}

fn fail(throttle: &Throttle, times: usize) {
    for _ in 0..times {
        throttle.attempt("alice", HERE).unwrap().failed();
    }
}

/// Fails on the account from different addresses until its limit is reached.
fn botnet(throttle: &Throttle) {
    let fails = |n: u32| throttle.attempt("alice", IpAddr::V4((0x0a00_0000 + n).into())).map(Attempt::failed);
    assert_eq!((0..1_000).take_while(|n| fails(*n).is_ok()).count(), 100);
}

fn of_one_64(n: u64) -> IpAddr {
    IpAddr::V6((0x2001_0db8_u128 << 96 | u128::from(n)).into())
}

#[test]
fn failures_close_the_account_to_this_address_alone() {
    let throttle = throttle();
    fail(&throttle, 5);
    let refused = throttle.attempt("alice", HERE).unwrap_err();
    assert_eq!(refused.retry_after, FORGET_ONE.as_secs());
    assert!(throttle.attempt("alice", ELSEWHERE).is_ok(), "the owner can still come from elsewhere");
    assert!(throttle.attempt("bob", HERE).is_ok(), "another account is another matter");
}

#[test]
fn time_forgets_one_failure_after_another() {
    let clock = Clock::manual(1_000);
    let throttle = by(&clock);
    fail(&throttle, 5);
    clock.advance(FORGET_ONE);
    fail(&throttle, 1);
    assert!(throttle.attempt("alice", HERE).is_err());
}

#[test]
fn a_corrected_wall_clock_locks_nobody_out_and_lets_nobody_through() {
    for correction in [-7_200, 14 * 24 * 3_600] {
        let clock = Clock::manual(1_000_000);
        let throttle = by(&clock);
        fail(&throttle, 5);
        clock.correct(correction);
        let wait = throttle.attempt("alice", HERE).map(drop);
        assert_eq!(wait, Err(TooManyAttempts { retry_after: FORGET_ONE.as_secs() }), "{correction}");
        clock.advance(FORGET_ONE);
        fail(&throttle, 1);
    }
}

#[test]
fn a_success_starts_afresh() {
    let throttle = throttle();
    fail(&throttle, 4);
    throttle.attempt("alice", HERE).unwrap().succeeded();
    fail(&throttle, 5);
}

#[test]
fn parallel_guesses_do_not_slip_through() {
    let throttle = throttle();
    let under_way: Vec<_> = (0..5).map(|_| throttle.attempt("alice", HERE).unwrap()).collect();
    assert!(throttle.attempt("alice", HERE).is_err());
    drop(under_way);
    assert!(throttle.attempt("alice", HERE).is_ok(), "attempts without a verdict count for nothing");
}

#[test]
fn many_people_behind_one_address_can_log_in_at_once() {
    let throttle = throttle();
    let attempts: Vec<_> = (0..1_000).map(|n| throttle.attempt(&format!("user{n}"), HERE).unwrap()).collect();
    attempts.into_iter().for_each(Attempt::succeeded);
    assert!(throttle.attempt("alice", HERE).is_ok());
}

#[test]
fn one_address_cannot_try_every_account() {
    let throttle = throttle();
    let tried =
        (0..1_000).take_while(|n| throttle.attempt(&format!("user{n}"), HERE).map(Attempt::failed).is_ok()).count();
    assert_eq!(tried, 200);
}

#[test]
fn the_addresses_of_one_ipv6_network_are_one_client() {
    let throttle = throttle();
    let tries = |account: &str, n| throttle.attempt(account, of_one_64(n)).map(Attempt::failed).is_ok();
    assert_eq!((0..1_000).take_while(|n| tries("alice", *n)).count(), 5);
    assert_eq!((0..1_000).take_while(|n| tries(&format!("user{n}"), *n)).count(), 195);
    assert!(throttle.attempt("alice", ELSEWHERE).is_ok(), "one network does not close an account");
}

#[test]
fn the_owner_gets_in_from_a_familiar_network_while_a_botnet_fails_on_the_account() {
    let clock = Clock::manual(1_000);
    let throttle = by(&clock);
    throttle.attempt("alice", of_one_64(1)).unwrap().succeeded();
    botnet(&throttle);
    assert!(throttle.attempt("alice", HERE).is_err(), "the account is closed to others");
    throttle.attempt("alice", of_one_64(2)).unwrap().succeeded();
    assert!(throttle.attempt("bob", HERE).is_ok());
}

#[test]
fn a_familiar_network_has_a_limit_too_and_is_familiar_for_thirty_days() {
    let clock = Clock::manual(1_000);
    let throttle = by(&clock);
    throttle.attempt("alice", HERE).unwrap().succeeded();
    fail(&throttle, 5);
    assert!(throttle.attempt("alice", HERE).is_err());
    clock.advance(Duration::from_secs(FAMILIAR_FOR.as_secs() - 1));
    botnet(&throttle);
    assert!(throttle.attempt("alice", HERE).is_ok());
    clock.advance(Duration::from_secs(1));
    assert!(throttle.attempt("alice", HERE).is_err());
}

#[test]
fn registrations_are_counted_for_each_network() {
    let throttle = throttle();
    assert_eq!((0..100).take_while(|n| throttle.registration(of_one_64(*n)).is_ok()).count(), 20);
    assert!(throttle.registration(HERE).is_ok());
    assert!(throttle.attempt("alice", of_one_64(0)).is_ok(), "logging in is another matter");
}

#[test]
fn the_counters_are_bounded_in_number_and_in_bytes() {
    let throttle = throttle();
    for n in 0..200_000_u32 {
        throttle.attempt("alice", IpAddr::V4(n.into())).map(Attempt::failed).ok();
        throttle.attempt(&n.to_string(), IpAddr::V4(n.into())).map(Attempt::failed).ok();
    }
    let state = throttle.lock();
    assert!(state.counters.len() <= MAX_COUNTERS + 3);
    // Neither key nor value holds anything on the heap.
    assert_eq!(size_of_val(state.counters.iter().next().unwrap().0), 16);
}
