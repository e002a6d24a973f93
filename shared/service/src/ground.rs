//! What every mechanism stands on: keys, the database, the clock, and the settings that concern mechanisms.

use std::{path::PathBuf, time::Duration};

use authlab_clock::Clock;
use authlab_database::{Database, deployment::Deployment};
use authlab_endings::{Endings, Reach, Scope};
use authlab_mechanism::{cookie_attributes::SecureCookies, refusal::Unavailable};
use authlab_secrets::keys::Keys;

use crate::{
    error::StartError,
    redis::RedisSettings,
    settings::{LoginsAtMost, Settings},
};

/// What every mechanism stands on.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The folder for what must survive a restart.
    pub data_dir: PathBuf,
    pub keys: Keys,
    pub database: Database,
    pub deployment: Deployment,
    pub clock: Clock,
    pub revocation: Reach,
    pub logins_at_most: LoginsAtMost,
    pub redis: RedisSettings,
    /// What `COOKIE_SECURE` says, for mechanisms that have attributes of their own to fit to it.
    pub cookie_secure: SecureCookies,
}

impl Ground {
    /// Makes or reads the keys, opens and migrates the database, and reads whose it is.
    pub async fn open(settings: &Settings, clock: Clock) -> Result<Self, StartError> {
        settings.make_data_folder()?;
        let keys = settings.keys()?;
        let database = Database::open(&settings.database()?).await?;
        let deployment = Deployment::open(&database, &clock).await?;
        Ok(Self {
            data_dir: settings.data_dir.clone(),
            keys,
            database,
            deployment,
            clock,
            revocation: settings.revocation,
            logins_at_most: settings.logins_at_most,
            redis: settings.redis.clone(),
            cookie_secure: settings.cookie_secure,
        })
    }

    /// What ends the logins of one mechanism, none of which lives longer than `lifetime`; see [`Endings::open`].
    pub async fn endings(&self, scope: Scope, lifetime: Duration) -> Result<Endings, Unavailable> {
        Endings::open(self.revocation, self.database.clone(), self.clock.clone(), scope, lifetime).await
    }
}
