//! Requests as hostile clients, browsers with a past and proxies send them.

mod caching;
mod cookies;
mod raw;
mod scopes;
