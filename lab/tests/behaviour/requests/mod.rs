//! Requests as hostile clients, long-used browsers and proxies send them.

mod caching;
mod connections;
mod cookies;
mod hosts;
mod raw;
mod registration;
mod scopes;
