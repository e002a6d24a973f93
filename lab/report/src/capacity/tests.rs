//! Checks the arithmetic with figures that can be computed by hand.

use std::time::Duration;

use super::{Capacity, Need, breaks::ServiceLimits, habits::Habits, of};
use crate::sample::rich;

/// One request per second from 86,400 users, and no other requests.
const ONE_A_DAY: &str = "requests=1,writes=0,logins=0,logouts=0,refreshes=0,live=2,peak=1";

fn capacity(users: f64, habits: &str) -> Capacity {
    let limits = ServiceLimits {
        cookie_lifetime: Duration::from_hours(14 * 24),
        token_lifetime: Duration::from_mins(5),
        max_ended_logins: 500_000,
    };
    of(&rich(), users, habits.parse().unwrap(), limits)
}

fn redis(capacity: &Capacity) -> &Need {
    capacity.designs.iter().find(|design| design.name == "session, redis").unwrap()
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= expected * 0.01, "{found} is not {expected}");
}

#[test]
fn what_is_needed_is_what_one_request_costs_as_often_as_it_comes() {
    let capacity = capacity(86_400.0, ONE_A_DAY);
    let redis = redis(&capacity);
    near(capacity.peak_requests, 1.0);
    // 11 µs at 16 in flight, 8 µs of Redis, one command, 150 + 450 bytes.
    near(redis.service_cores, 11e-6);
    near(redis.store_cores, 8e-6);
    near(redis.store_commands.unwrap(), 1.0);
    near(redis.bits_a_second, 600.0 * 8.0);
    // 185 bytes in the store for each of two logins.
    near(redis.store_bytes.unwrap(), 185.0 * 2.0 * 86_400.0);
}

#[test]
fn twice_the_users_or_twice_the_peak_need_twice_as_much() {
    let (one, users, peak) =
        (capacity(1e6, ""), capacity(2e6, ""), capacity(1e6, &format!("peak={}", 2.0 * Habits::default().peak)));
    near(redis(&users).service_cores, 2.0 * redis(&one).service_cores);
    near(redis(&peak).store_cores, 2.0 * redis(&one).store_cores);
    near(redis(&peak).store_bytes.unwrap(), redis(&one).store_bytes.unwrap());
}

#[test]
fn a_limit_is_met_at_the_same_number_of_users_whoever_asks() {
    let (few, many) = (capacity(1e3, ""), capacity(1e8, ""));
    for (one, other) in redis(&few).breaks.iter().zip(&redis(&many).breaks) {
        near(one.users, other.users);
    }
    let first: Vec<f64> = redis(&few).breaks.iter().map(|met| met.users).collect();
    assert!(first.is_sorted() && first.len() > 2, "{first:?}");
}

#[test]
fn each_design_breaks_by_what_it_is_made_of() {
    let capacity = capacity(1e6, "");
    let breaks = |name: &str| {
        let design = capacity.designs.iter().find(|design| design.name == name).unwrap();
        design.breaks.iter().map(|met| met.what.as_str()).collect::<Vec<_>>().join("; ")
    };
    assert!(breaks("session, redis").contains("one core of Redis is full"), "{}", breaks("session, redis"));
    let feed = breaks("cookie signed, feed");
    assert!(feed.contains("the set of ended logins holds 500,000 (each for 1,209,600 s)"), "{feed}");
    assert!(!feed.contains("Redis"), "{feed}");
}
