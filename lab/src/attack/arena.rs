//! Targets of the attacks: our services in each setting that changes a result, or any service by its address.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::Result;
use serde::Serialize;
use shared::{endings::Reach, secret::Secret, settings::Settings, tokens::TokenKind};

use crate::{fleet::Fleet, target::Target};

/// A service to attack.
#[derive(Clone, Debug)]
pub struct Mark {
    pub target: Target,
    /// The settings in which this service differs from others of its mechanism; empty for a target given by address.
    pub setting: &'static str,
    /// The same service with logins of two seconds, for rows that wait for the expiry.
    pub short_lived: Option<Target>,
    /// The same service with the lab as a trusted proxy, for rows that send from many addresses. Only the default
    /// setting has this instance, because all settings count clients alike.
    pub behind_a_proxy: Option<Target>,
    /// Another deployment of the same service, with different accounts and another key. Both use one store if the
    /// mechanism has a store.
    pub neighbour: Option<Target>,
    /// The key that the service signs with, for rows that use a stolen key.
    pub key: Option<Secret>,
}

/// A target as the table describes it.
#[derive(Clone, Debug, Serialize)]
pub struct Marked<'a> {
    pub target: &'a Target,
    pub mechanism: &'a str,
    pub setting: &'static str,
}

/// The services started for this run. They stop when this value is dropped.
#[derive(Debug)]
pub struct Arena {
    pub marks: Vec<Mark>,
    _fleets: Vec<Fleet>,
}

/// Seconds that a login lives at the instances for the expiry row.
const SHORT_LIFE: u64 = 2;

/// Settings that equal the default of a mechanism.
const DEFAULTS: [&str; 2] = ["REVOCATION=feed", "SESSION_STORE=memory"];

impl Mark {
    /// A service of which only the address is known.
    pub fn stranger(target: Target, key: Option<Secret>) -> Self {
        Self { target, setting: "", short_lived: None, behind_a_proxy: None, neighbour: None, key }
    }

    /// The heading of the target's column.
    pub fn name(&self) -> String {
        format!("{} {}", self.target.name, self.setting).trim_end().to_owned()
    }
}

impl Arena {
    /// Cookies and tokens without revocation and with both kinds of it, sessions in two stores, RS256 tokens, whose
    /// public key is published, and opaque tokens.
    pub async fn open() -> Result<Self> {
        Self::open_with(|_| {}).await
    }

    /// Like `open`, but `change` may adjust the settings first.
    pub async fn open_with(change: impl Fn(&mut Settings)) -> Result<Self> {
        let off = Fleet::start_with(|settings, mechanisms| {
            change(settings);
            settings.revocation = Reach::Off;
            mechanisms.session.session_store = Some(session_svc::Store::Sql);
            mechanisms.token.token_query = true;
        })
        .await?;
        let feed = Fleet::start_with(|settings, mechanisms| {
            change(settings);
            mechanisms.token.token_query = false;
        })
        .await?;
        let read = Fleet::start_with(|settings, mechanisms| {
            change(settings);
            settings.revocation = Reach::Read;
            mechanisms.token.token_query = false;
        })
        .await?;
        let short = Fleet::start_with(|_, mechanisms| {
            let life = std::time::Duration::from_secs(SHORT_LIFE);
            mechanisms.cookie.login_max_age = life;
            mechanisms.session.session_cookie_age = life;
            mechanisms.token.access_token_lifetime = life;
        })
        .await?;
        let rs256 = Fleet::start_with(|settings, mechanisms| {
            change(settings);
            mechanisms.token.jwt_alg = token_svc::Algorithm::Rs256;
            mechanisms.token.token_query = false;
        })
        .await?;
        let opaque = Fleet::start_with(|settings, mechanisms| {
            change(settings);
            mechanisms.token.token_kind = TokenKind::Opaque;
            mechanisms.token.token_query = false;
        })
        .await?;
        let short_opaque = Fleet::start_with(|_, mechanisms| {
            mechanisms.token.token_kind = TokenKind::Opaque;
            mechanisms.token.opaque_token_lifetime = std::time::Duration::from_secs(SHORT_LIFE);
        })
        .await?;
        let proxied = Fleet::start_with(|settings, _| {
            settings.trusted_proxies = vec![IpAddr::from(Ipv4Addr::LOCALHOST).into()];
        })
        .await?;
        let neighbour = Fleet::start_with(|settings, _| change(settings)).await?;
        let marks = [
            ("cookie", "REVOCATION=off", &off, &short),
            ("cookie", "REVOCATION=feed", &feed, &short),
            ("cookie", "REVOCATION=read", &read, &short),
            ("session", "SESSION_STORE=memory", &feed, &short),
            ("session", "SESSION_STORE=sql", &off, &short),
            ("token", "REVOCATION=off TOKEN_QUERY=on", &off, &short),
            ("token", "REVOCATION=feed", &feed, &short),
            ("token", "REVOCATION=read", &read, &short),
            ("token", "JWT_ALG=RS256", &rs256, &short),
            ("token", "TOKEN_KIND=opaque", &opaque, &short_opaque),
        ];
        let marks = marks.into_iter().filter_map(|(mechanism, setting, fleet, short)| {
            Some(Mark {
                target: of(fleet, mechanism)?,
                setting,
                short_lived: of(short, mechanism),
                behind_a_proxy: DEFAULTS.contains(&setting).then(|| of(&proxied, mechanism)).flatten(),
                neighbour: of(&neighbour, mechanism),
                key: Some(fleet.secret_key()?),
            })
        });
        Ok(Self {
            marks: marks.collect(),
            _fleets: vec![off, feed, read, short, rs256, opaque, short_opaque, proxied, neighbour],
        })
    }
}

fn of(fleet: &Fleet, mechanism: &str) -> Option<Target> {
    fleet.targets().into_iter().find(|target| target.name.starts_with(mechanism))
}
