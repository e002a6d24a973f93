//! Everything the three services have in common, written once. A service crate adds its mechanism and nothing else.
//!
//! In reading order:
//!
//! * [`mechanism`]: the seam. What a service must be able to do; read this first.
//! * [`login`], [`items`], [`tokens`]: the nouns it speaks in.
//! * [`presented`], [`handover`]: what a client shows, and what it is told to hold from now on.
//! * [`cookie_attributes`], [`cookie_scopes`]: how a mechanism's cookies are dressed, and where browsers keep them.
//! * [`client_network`]: which addresses count as one client.
//! * [`refusal`]: every way in which a mechanism may say no.
//! * [`django`]: the signing formats of Django, free of any web.
//! * [`keys`], [`public_keys`], [`secret`], [`clock`], [`random`], [`database`]: the ground a mechanism stands on.
//! * [`deployment`]: what tells this deployment from others on the same store.
//! * [`endings`]: how a login ends at every instance and every service.
//! * [`accounts`]: names and passwords, the same for all three services.
//! * [`http`]: the contract over HTTP: routes, handlers, pages, problems, layers.
//! * [`serve`]: sockets, time limits and a stop that loses no request.
//! * [`telemetry`]: what a running service tells about itself.
//! * [`settings`], [`service`]: from the command line to a running service.

pub mod accounts;
pub mod client_network;
pub mod clock;
pub mod cookie_attributes;
pub mod cookie_scopes;
pub mod database;
pub mod deployment;
pub mod django;
pub mod endings;
pub mod handover;
pub mod http;
pub mod items;
pub mod keys;
pub mod login;
pub mod mechanism;
pub mod presented;
pub mod public_keys;
pub mod random;
pub mod refusal;
pub mod secret;
pub mod serve;
pub mod service;
pub mod settings;
pub mod telemetry;
pub mod tokens;
