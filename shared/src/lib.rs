//! The common parts of the three services. A service crate adds only its mechanism.
//!
//! In reading order:
//!
//! * [`mechanism`]: the trait that each service implements; read this first.
//! * [`login`], [`items`], [`tokens`]: the types of its arguments and results.
//! * [`presented`], [`handover`]: the credentials a client sends, and those it gets.
//! * [`cookie_attributes`], [`cookie_scopes`]: the attributes of cookies, and where browsers keep them.
//! * [`client_network`]: which addresses count as one client.
//! * [`refusal`]: the errors of a mechanism.
//! * [`django`]: the signing formats of Django, without a web framework.
//! * [`keys`], [`public_keys`], [`secret`], [`clock`], [`random`], [`database`]: what mechanisms are built on.
//! * [`deployment`]: the id that distinguishes this deployment from others on the same store.
//! * [`endings`]: how a login ends at every instance and every service.
//! * [`accounts`]: usernames and passwords, the same for all three services.
//! * [`http`]: the contract over HTTP: routes, handlers, pages, problems, layers.
//! * [`serve`]: sockets, time limits and a stop that loses no request.
//! * [`telemetry`]: metrics, traces and logs.
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
