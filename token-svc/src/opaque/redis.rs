//! Opaque tokens in Redis, as [`entries`](authlab_redis::entries): on the terms of sessions.
//!
//! A token begins with the bucket of its account; the other 42 digits are random, about 250 bits. The id of its login is the digest that is
//! also its key, so that a login is found by its id without a search.

use async_trait::async_trait;
use authlab_clock::{after, instant};
use authlab_endings::Endings;
use authlab_mechanism::{
    items::{Item, Which},
    login::{LoginId, Place},
    refusal::{Denied, Refusal, Unavailable},
};
use authlab_redis::{
    Access, KeyPrefix, SentinelLogin,
    entries::{
        BUCKET_LENGTH, BeginEntry, ChangeEntry, Changed, Entries, EntryKey, EntryLifetimes, EntryLogin, Names,
        StoredEntry, bucket_of,
    },
};
use authlab_secrets::{
    Secret,
    random::{from_hex, to_hex},
};
use authlab_service::{Ground, StartError};
use authlab_telemetry::Collector;

use super::{
    login::OpaqueLogin,
    store::{ChangeItems, MAX_ITEM_BYTES, NewOpaqueLogin, OpaqueEnd, OpaqueStore, too_large},
    token::{TokenKey, fresh},
};
use crate::login_row::LoginRow;

/// Maximum number of listed logins per account.
const MAX_LISTED: usize = 1_000;
/// Follows every prefix, so that tokens never share keys with sessions.
const TOKENS: &str = "token:";
/// A use never moves the end of a login.
const FIXED: EntryLifetimes = EntryLifetimes {
    idle: 0,
    absolute: 0,
    worth_prolonging: i64::MAX,
    anonymous: 0,
    anonymous_worth_prolonging: i64::MAX,
};

#[derive(Debug)]
pub(crate) struct TokensInRedis {
    entries: Entries,
    endings: Endings,
}

impl TokensInRedis {
    /// Connects in the background, since Redis may start later. An error if the address is invalid.
    pub(crate) async fn open(
        (url, prefix): (&Secret, Option<&KeyPrefix>),
        ground: &Ground,
        endings: Endings,
    ) -> Result<Self, StartError> {
        let redis = &ground.redis;
        let sentinel = SentinelLogin::new(redis.sentinel_username.clone(), redis.sentinel_password.clone());
        let access = Access { url, what: "token store", sentinel, authorities: redis.authorities()? };
        let of_deployment = || format!("{}:", ground.deployment.id);
        let prefix = prefix.map_or_else(of_deployment, |prefix| prefix.as_str().to_owned());
        let names = Names::new(prefix + TOKENS);
        let entries = Entries::open(access, names, FIXED, ground.logins_at_most.0).await;
        let refused = |problem| StartError::Mechanism { setting: "TOKEN_STORE", problem };
        Ok(Self { entries: entries.map_err(refused)?, endings })
    }

    /// Refuses a login that has ended at another service, and discards it.
    async fn refuse_ended(&self, token: TokenKey<'_>, login: Option<OpaqueLogin>, now: i64) -> Result<(), Refusal> {
        let ended = match login {
            Some(login) => self.endings.has_ended(login.for_endings(), now).await?,
            None => return Err(Refusal::NotLoggedIn(Denied::Ended)),
        };
        if ended {
            self.discard(token).await?;
            return Err(Refusal::NotLoggedIn(Denied::Ended));
        }
        Ok(())
    }
}

#[async_trait]
impl OpaqueStore for TokensInRedis {
    fn place(&self) -> Place {
        Place::Redis
    }

    fn new_token(&self, account: i64) -> (Secret, String) {
        let token = fresh(&bucket_of(account));
        let id = TokenKey::parse(token.expose()).map(|token| to_hex(&key(token).digest)).unwrap_or_default();
        (token, id)
    }

    async fn find(&self, token: TokenKey<'_>, now: i64) -> Result<Option<OpaqueLogin>, Unavailable> {
        Ok(self.entries.find(key(token), instant(now)).await?.and_then(login))
    }

    async fn touch(&self, token: TokenKey<'_>, now: i64) -> Result<bool, Unavailable> {
        self.entries.touch(key(token), instant(now)).await
    }

    async fn change_items(&self, token: TokenKey<'_>, change: ChangeItems<'_>, now: i64) -> Result<(), Refusal> {
        let change = match &change {
            ChangeItems::Put(item) => {
                let expires_at = item.max_age.map(|age| after(instant(now), age));
                let stored = Item { value: item.value.clone(), expires_at };
                ChangeEntry::Put { key: &item.key, item: stored, limit: [MAX_ITEM_BYTES; 2] }
            }
            ChangeItems::Remove(Which::One(item)) => ChangeEntry::Remove(item),
            ChangeItems::Remove(Which::All) => ChangeEntry::RemoveAll,
        };
        match self.entries.change(key(token), change, instant(now)).await? {
            Changed::Absent => Err(Refusal::NotLoggedIn(Denied::Ended)),
            Changed::Done(entry, _) => self.refuse_ended(token, login(entry), now).await,
            Changed::Full(_) => {
                self.refuse_ended(token, self.find(token, now).await?, now).await?;
                Err(too_large())
            }
        }
    }

    async fn of_account(&self, account: i64, now: i64) -> Result<Vec<OpaqueLogin>, Unavailable> {
        let entries = self.entries.logins(account, instant(now), MAX_LISTED).await?;
        Ok(entries.into_iter().filter_map(login).collect())
    }

    async fn begin(&self, new: &NewOpaqueLogin) -> Result<(), Unavailable> {
        let (row, key) = (&new.row, key(new.key()));
        let login = EntryLogin {
            id: key.digest,
            account: row.account.clone(),
            device: row.device.clone(),
            issued_at: instant(row.created_at),
        };
        let (expires_at, items) = (instant(row.expires_at), new.items.stored());
        let begins = BeginEntry { former: None, key, login, expires_at, items };
        self.entries.log_in(begins, instant(row.created_at)).await.map(drop)
    }

    async fn end(&self, ends: Vec<OpaqueEnd<'_>>) -> Result<(), Unavailable> {
        for end in ends {
            match end {
                OpaqueEnd::Token(token) => self.entries.end(key(token)).await?,
                OpaqueEnd::Login(account, id) => {
                    if let Some(digest) = from_hex(&id.0) {
                        self.entries.end_login(account.id, digest).await?;
                    }
                }
                OpaqueEnd::Others(account, LoginId(but)) => {
                    self.entries.end_logins(account.id, from_hex(&but), Some(account.generation)).await?;
                }
            }
        }
        Ok(())
    }

    async fn discard(&self, token: TokenKey<'_>) -> Result<(), Unavailable> {
        self.entries.end(key(token)).await
    }

    fn collectors(&self) -> Vec<Collector> {
        self.entries.collectors()
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        self.entries.ready().await
    }
}

fn key(token: TokenKey<'_>) -> EntryKey<'_> {
    let digest = *token.digest.first_chunk().expect("SHA-256 has 32 bytes");
    EntryKey { bucket: token.beginning(BUCKET_LENGTH), digest }
}

fn login(entry: StoredEntry) -> Option<OpaqueLogin> {
    let EntryLogin { id, account, device, issued_at } = entry.login?;
    let row = LoginRow {
        id: to_hex(&id),
        account,
        created_at: issued_at.as_second(),
        last_seen_at: entry.last_seen_at.as_second(),
        expires_at: entry.expires_at.as_second(),
        device,
    };
    Some(OpaqueLogin { row, items: entry.items.into_iter().collect(), bytes: entry.bytes })
}
