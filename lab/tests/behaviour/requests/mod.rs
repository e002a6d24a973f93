//! Requests as hostile clients, browsers with a past and proxies send them.

mod caching;
mod connections;
mod cookies;
mod hosts;
mod raw;
mod registration;
mod scopes;
