//! The running programs: how they start, stop, work under load, and keep accounts and logins.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod containers;
mod crowd;
mod database;
mod django;
mod drill;
mod feed;
mod flood;
mod gateway;
mod jwt;
mod key_rotation;
mod logs;
mod metrics;
mod openapi;
mod proxies;
mod requests;
mod revocation;
mod session_cookie;
mod sessions;
mod slow_clients;
mod start;
mod stop;
mod support;
mod tokens;
mod traces;
mod workers;
