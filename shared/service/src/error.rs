//! What a start can fail with.

use authlab_database::DatabaseError;
use authlab_mechanism::refusal::Unavailable;
use authlab_server::{BindError, healthcheck::NotReady};

use crate::{log::LogError, redis::NoAuthorities, settings::SettingsError};

/// Why a service did not start. Each is one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Redis(#[from] NoAuthorities),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("{}: {}", .0, .0.source)]
    Unavailable(#[from] Unavailable),
    #[error(transparent)]
    Unhealthy(#[from] NotReady),
    #[error("signals cannot be listened to: {0}")]
    Signals(#[from] std::io::Error),
    #[error("WORKERS: the system grants no further thread ({0}); choose fewer")]
    Workers(#[source] std::io::Error),
    #[error("{name}: {problem}")]
    Errand { name: String, problem: String },
    #[error("{setting}: {problem}")]
    Mechanism { setting: &'static str, problem: String },
}
