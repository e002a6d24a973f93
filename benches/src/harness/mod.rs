//! Measures the cost of one HTTP request for the server and its store.
//!
//! Each contender runs in a child process: this program, started with `--as-server`. The parent sends requests, and
//! reads the CPU time of the child and the store before and after. Two baselines, the nulls, have no mechanism:
//!
//! * `bare`: an axum handler in the same serve loop without any layer. Its answer is equal byte for byte, headers
//!   included.
//! * `null`: the whole router and all layers, with a mechanism that accepts every request.
//!
//! The difference from `bare` to `null` is the cost of the layers, the extractor and the handler. The difference from
//! `null` to a service is the cost of its mechanism. Both baselines get a cookie as long as cookie-svc's.
//!
//! * [`contender`]: the contenders
//! * [`serve`]: the child process
//! * [`peer`]: other projects' programs
//! * [`server`], [`stores`], [`clock`]: the parent's handle of the child, real stores, and their CPU time
//! * [`wire`], [`lanes`], [`held`]: a client
//! * [`journey`]: the client's requests
//! * [`fleet`]: starts all contenders; [`verify`]: checks their answers; [`cost`]: the cost of requests
//! * [`plan`]: the measurements and their duration
//! * [`rounds`]: measures all contenders in turn, repeatedly
//! * [`clients`]: the supported kinds of clients
//! * [`logins`], [`latency`], [`far_store`] (with [`distance`]), [`password`], [`habits`]: measurements outside the
//!   rounds
//! * [`controls`]: checks of the instruments
//! * [`record`], [`table`]: the results

pub mod clients;
pub mod clock;
pub mod contender;
pub mod controls;
pub mod cost;
pub mod distance;
pub mod far_store;
pub mod fleet;
pub mod habits;
pub mod held;
pub mod journey;
pub mod lanes;
pub mod latency;
pub mod logins;
pub mod password;
pub mod peer;
pub mod plan;
pub mod record;
pub mod rounds;
pub mod serve;
pub mod server;
pub mod stores;
pub mod table;
pub mod verify;
pub mod wire;
