//! Twins that hand out, reveal or keep what they should not.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
};

use async_trait::async_trait;
use authlab_mechanism::{
    Mechanism,
    handover::{CookieChange, Handover, Token, TokenChange},
    items::{Item, ItemKey, NewItem, Opening, Sealing},
    login::{Granted, NewLogin, Record},
    presented::Presented,
    refusal::Refusal,
};
use authlab_secrets::Secret;
use serde_json::json;

use super::mechanism::{Weakness, cookie_name, credential, handed_over, with_credential};

/// A login keeps the credential that the client sent.
#[derive(Default)]
pub(crate) struct KeepsTheCredential(Mutex<HashMap<String, String>>);

#[async_trait]
impl Weakness for KeepsTheCredential {
    fn shown(&self, real: &dyn Mechanism, presented: &Presented) -> Presented {
        let mechanism = real.card().mechanism;
        let adopted =
            credential(presented, mechanism).and_then(|planted| self.0.lock().unwrap().get(&planted).cloned());
        adopted.map_or_else(|| presented.clone(), |text| with_credential(presented, mechanism, &text))
    }

    async fn login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        let mechanism = real.card().mechanism;
        let mut granted = real.login(NewLogin { presented: &Presented::default(), ..*asked }).await?;
        if let Some(planted) = credential(asked.presented, mechanism) {
            let own = handed_over(&granted.handover, mechanism).unwrap();
            self.0.lock().unwrap().insert(planted.clone(), own);
            replace(&mut granted.handover, mechanism, &planted);
        }
        Ok(granted)
    }
}

fn replace(handover: &mut Handover, mechanism: &str, text: &str) {
    if let Some(TokenChange::Take(Token { access_token, .. })) = &mut handover.token {
        *access_token = Secret::new(text);
    }
    for change in &mut handover.cookies {
        if let CookieChange::Set(cookie) = change
            && cookie.name == cookie_name(mechanism)
        {
            cookie.value = Secret::new(text);
        }
    }
}

/// A login gets the items of the account that was logged in before.
pub(crate) struct LeavesItemsBehind;

#[async_trait]
impl Weakness for LeavesItemsBehind {
    async fn login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        let mechanism = real.card().mechanism;
        let left: BTreeMap<String, String> = real.recall(asked.presented).await?.items;
        let mut granted = real.login(*asked).await?;
        granted.handover.cookies.retain(|change| matches!(change, CookieChange::Set(_)));
        for (key, value) in left {
            let own =
                with_credential(&Presented::default(), mechanism, &handed_over(&granted.handover, mechanism).unwrap());
            let item = NewItem { key: key.parse().unwrap(), value, max_age: None, sealing: Sealing::default() };
            let Handover { cookies, token } = real.put_item(&own, item).await?;
            granted.handover.cookies.extend(cookies);
            granted.handover.token = token.or(granted.handover.token);
        }
        Ok(granted)
    }
}

/// The record contains the client's credential.
pub(crate) struct RecordsTheCredential;

#[async_trait]
impl Weakness for RecordsTheCredential {
    async fn record(&self, real: &dyn Mechanism, presented: &Presented) -> Result<Record, Refusal> {
        let id = credential(presented, real.card().mechanism);
        Ok(Record { record: Some(json!({"id": id})), ..real.record(presented).await? })
    }
}

/// The signature of an item does not cover the cookie's name.
#[derive(Default)]
pub(crate) struct ForgetsTheName(Mutex<HashMap<String, (ItemKey, Sealing)>>);

#[async_trait]
impl Weakness for ForgetsTheName {
    async fn put_item(&self, real: &dyn Mechanism, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        let (key, sealing) = (item.key.clone(), item.sealing.clone());
        let handover = real.put_item(presented, item).await?;
        for change in &handover.cookies {
            if let CookieChange::Set(cookie) = change {
                self.0.lock().unwrap().insert(cookie.value.expose().to_owned(), (key.clone(), sealing.clone()));
            }
        }
        Ok(handover)
    }

    async fn item(
        &self,
        real: &dyn Mechanism,
        presented: &Presented,
        (key, opening): (&ItemKey, &Opening),
    ) -> Result<Option<Item>, Refusal> {
        let value = presented.cookie(key.as_str())?.unwrap_or_default().to_owned();
        let sealed_as = self.0.lock().unwrap().get(&value).cloned();
        let Some((name, sealing)) = sealed_as else { return real.item(presented, key, opening).await };
        let moved = Presented::new(vec![(name.as_str().to_owned(), Secret::new(value))], None, None);
        real.item(&moved, &name, &Opening { sealing, ..opening.clone() }).await
    }
}

/// The size limit counts each item separately, not all items of the client.
pub(crate) struct CountsOneItemAlone;

#[async_trait]
impl Weakness for CountsOneItemAlone {
    async fn put_item(&self, real: &dyn Mechanism, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        let mechanism = real.card().mechanism;
        let alone = credential(presented, mechanism).map(|own| with_credential(&Presented::default(), mechanism, &own));
        real.put_item(&alone.unwrap_or_default(), item).await
    }
}
