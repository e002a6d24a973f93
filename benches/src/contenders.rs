//! The mechanisms without HTTP, each with a logged-in client. A contender that answers wrongly is not measured.

use std::{convert::identity, sync::Arc};

use authlab_clock::Clock;
use authlab_mechanism::{
    Mechanism,
    login::{Account, Device, NewLogin},
    presented::Presented,
};
use authlab_service::{
    Ground, Service, StartError,
    settings::{Settings, defaults},
};

use crate::harness::held::Held;

/// A mechanism and a logged-in client.
pub struct Contender {
    pub name: &'static str,
    pub mechanism: Arc<dyn Mechanism>,
    pub presented: Presented,
}

impl std::fmt::Debug for Contender {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Contender({})", self.name)
    }
}

/// The three mechanisms with their defaults.
pub async fn all(ground: &Ground) -> Result<Vec<Contender>, StartError> {
    Ok(vec![
        logged_in::<cookie_svc::CookieSettings>(ground).await?,
        logged_in::<session_svc::SessionSettings>(ground).await?,
        logged_in::<token_svc::TokenSettings>(ground).await?,
    ])
}

/// Keys and a database in this folder; they are deleted with the folder.
pub async fn ground(folder: &std::path::Path) -> Result<Ground, StartError> {
    Ground::open(&Settings::embedded(folder), Clock::system()).await
}

async fn logged_in<S: Service>(ground: &Ground) -> Result<Contender, StartError> {
    let mechanism = defaults::<S>(identity).mechanism(ground).await?;
    let account = Account { id: 1, username: "alice".to_owned(), generation: 0 };
    let granted = mechanism.login(NewLogin::new(&Presented::default(), &account, &Device::default())).await;
    let mut held = Held::default();
    held.take(granted.expect("a login of alice begins").handover);
    let presented = held.presented();
    let recalled = mechanism.recall(&presented).await.expect("the mechanism answers");
    assert_eq!(recalled.login.map(|login| login.username), Ok(account.username), "{} accepts alice", S::NAME);
    let anonymous = mechanism.recall(&Presented::default()).await.expect("the mechanism answers");
    assert!(anonymous.login.is_err(), "{} must refuse a client without a credential", S::NAME);
    Ok(Contender { name: S::NAME, mechanism, presented })
}
