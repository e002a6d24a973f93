//! All layers of the services, with a mechanism that accepts every request.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use authlab_mechanism::{
    Logins, Mechanism, PartialLogout, Revocation,
    handover::Handover,
    items::{Item, ItemKey, NewItem, Opening, Which},
    login::{Card, Granted, Identity, LoginId, NewLogin, Recalled, Record, Verified},
    presented::Presented,
    refusal::{Cannot, Refusal, Unavailable},
};
use authlab_service::{Ground, Service, StartError};

use super::bare::{CARD, somebody};
use crate::harness::journey::ITEM_BYTES;

/// A service whose mechanism accepts every request as the same user.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct NullSettings {}

impl Service for NullSettings {
    const NAME: &'static str = "null";
    const ABOUT: &'static str = "A mechanism that looks at nothing";
    const DEFAULT_PORT: u16 = 0;
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    async fn mechanism(&self, _: &Ground) -> Result<Arc<dyn Mechanism>, StartError> {
        Ok(Arc::new(KnowsEverybody))
    }
}

#[derive(Debug)]
struct KnowsEverybody;

const CANNOT: Cannot = Cannot {
    mechanism: "null",
    what: "do anything but know everybody",
    because: "nothing else is measured",
    instead: "use a service",
};

#[async_trait]
impl Mechanism for KnowsEverybody {
    fn card(&self) -> &Card {
        const { &CARD }
    }

    async fn recall(&self, _: &Presented) -> Result<Recalled, Refusal> {
        Ok(Recalled { login: Ok(somebody()), items: BTreeMap::new(), handover: Handover::nothing() })
    }

    async fn verify(&self, _: &Presented, _: bool) -> Result<Verified, Refusal> {
        let identity = Identity { login: somebody(), login_id: LoginId("1".to_owned()), account: 1 };
        Ok(Verified { identity: Ok(identity), handover: Handover::nothing() })
    }

    async fn login(&self, _: NewLogin<'_>) -> Result<Granted, Refusal> {
        Ok(Granted { login: somebody(), handover: Handover::nothing() })
    }

    async fn replace_login(&self, _: NewLogin<'_>) -> Result<Granted, Refusal> {
        Err(CANNOT.into())
    }

    async fn logout(&self, _: &Presented) -> Result<Handover, Refusal> {
        Ok(Handover::nothing())
    }

    async fn record(&self, _: &Presented) -> Result<Record, Refusal> {
        Err(CANNOT.into())
    }

    async fn item(&self, _: &Presented, _: &ItemKey, _: &Opening) -> Result<Option<Item>, Refusal> {
        Ok(Some(Item { value: "x".repeat(ITEM_BYTES as usize), expires_at: None }))
    }

    async fn put_item(&self, _: &Presented, _: NewItem) -> Result<Handover, Refusal> {
        Ok(Handover::nothing())
    }

    async fn remove_items(&self, _: &Presented, _: Which<'_>) -> Result<Handover, Refusal> {
        Err(CANNOT.into())
    }

    fn logins(&self) -> Result<&dyn Logins, Cannot> {
        Err(CANNOT)
    }

    fn revocation(&self) -> Result<&dyn Revocation, Cannot> {
        Err(CANNOT)
    }

    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot> {
        Err(CANNOT)
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}
