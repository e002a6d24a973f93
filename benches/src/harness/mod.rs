//! What one HTTP request costs the server that answers it, and its store.
//!
//! Each contender is a process of its own: the bench program, which starts itself with `--as-server`. The parent sends requests and
//! reads the child's CPU time before and after, and its store's. Between *nothing* and *a mechanism* there are two nulls:
//!
//! * `bare`: an axum handler in the same serve loop, with the same answer byte for byte, headers included, and without any layer.
//! * `null`: the whole router and all layers of `shared`, with a mechanism that knows everybody and looks at nothing.
//!
//! From `bare` to `null` is what the layers, the extractor and the handler cost; from `null` to a service is what its mechanism
//! costs. Both nulls are sent a cookie of the length of cookie-svc's.
//!
//! * [`contender`]: who contends
//! * [`serve`]: the child
//! * [`peer`]: programs of others
//! * [`server`], [`stores`], [`clock`]: the parent's side of it, real stores, and what both have used
//! * [`wire`], [`lanes`], [`held`]: a client
//! * [`journey`]: what it does
//! * [`fleet`]: all contenders, running and verified; [`cost`]: what requests to one of them cost
//! * [`plan`]: what is measured, and how long
//! * [`rounds`]: everybody in turn, again and again
//! * [`clients`]: which kinds of them are known again
//! * [`logins`], [`latency`], [`far_store`] (over a [`distance`]), [`password`], [`habits`]: what rounds cannot tell
//! * [`controls`]: whether to believe it
//! * [`record`], [`table`]: what came out

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
pub mod wire;
