//! What a service crate brings.

use std::{future::ready, sync::Arc};

use authlab_database::Database;
use authlab_mechanism::Mechanism;
use clap::Args;

use crate::{error::StartError, ground::Ground};

/// What a service crate brings: its settings, and how they become a mechanism.
pub trait Service: Args + Send + Sync + 'static {
    /// The name of the binary.
    const NAME: &'static str;
    /// What it is, in a sentence for `--help`.
    const ABOUT: &'static str;
    const DEFAULT_PORT: u16;
    const VERSION: &'static str;

    /// What the binary can do instead of serving, as sub-commands.
    /// Besides [`HEALTHCHECK`] and [`MIGRATE`], which all have.
    const ERRANDS: &'static [Errand] = &[];

    fn mechanism(&self, ground: &Ground) -> impl Future<Output = Result<Arc<dyn Mechanism>, StartError>> + Send;

    /// Makes the tables that the mechanism has besides those of the migrations, where they are missing.
    fn make_tables(&self, _: &Database) -> impl Future<Output = Result<(), StartError>> + Send {
        ready(Ok(()))
    }

    /// Does one of [`ERRANDS`](Self::ERRANDS), and says in a sentence what was done.
    fn run_errand(&self, name: &str, _: &Ground) -> impl Future<Output = Result<String, StartError>> + Send {
        ready(Err(StartError::Errand { name: name.to_owned(), problem: "there is no such command".to_owned() }))
    }
}

/// A sub-command.
#[derive(Clone, Copy, Debug)]
pub struct Errand {
    pub name: &'static str,
    pub about: &'static str,
}

/// For containers that hold nothing but the binary: a container's health is asked of the service in it.
pub const HEALTHCHECK: Errand = Errand {
    name: "healthcheck",
    about: "Ask the service that runs with these settings whether it is ready; exit code 1 if it is not",
};

/// For a database whose services may only read and write rows: this is run with a role that may create tables.
pub const MIGRATE: Errand = Errand {
    name: "migrate",
    about: "Bring the tables of the database up to date with a role that may create tables, for services whose role may not",
};
