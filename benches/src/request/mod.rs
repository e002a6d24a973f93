//! What one HTTP request costs the server that answers it.
//!
//! Each contender is a process of its own: the bench program, which starts itself with `--as-server`. The parent asks for
//! `GET /mine` and reads the child's CPU clock before and after. Between *nothing* and *a mechanism* there are two nulls:
//!
//! * `bare`: an axum handler in the same serve loop, with the same answer byte for byte, headers included, and without any layer.
//! * `null`: the whole router and all layers of `shared`, with a mechanism that knows everybody and looks at nothing.
//!
//! From `bare` to `null` is what the layers, the extractor and the handler cost; from `null` to a service is what its mechanism
//! costs. Both nulls are sent a cookie of the length of cookie-svc's. `jsonwebtoken` is the library used as its documentation
//! shows, in an extractor of a bare handler: what a token costs who writes nothing for it.
//!
//! A token is *seen for the first time* where its server remembers fewer tokens than take their turn.
//!
//! * [`served`]: who contends, and the child that serves
//! * [`null`]: the nulls
//! * [`peer`]: the library by itself
//! * [`server`]: the parent's side of a child
//! * [`client`]: requests over kept connections
//! * [`login`]: a credential, and proof that it works
//! * [`rounds`]: everybody in turn, again and again
//! * [`table`]: what came out

pub mod client;
pub mod login;
pub mod null;
pub mod peer;
pub mod rounds;
pub mod served;
pub mod server;
pub mod table;
