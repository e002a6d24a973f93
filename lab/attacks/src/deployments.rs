//! Targets of the attacks: our services in each setting that changes a result, or any service by its address.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use anyhow::Result;
use authlab_client::target::Target;
use authlab_endings::Reach;
use authlab_fleet::{Fleet, Mechanisms};
use authlab_mechanism::tokens::TokenKind;
use authlab_secrets::Secret;
use authlab_service::settings::Settings;

/// A service to attack.
#[derive(Clone, Debug)]
pub struct Deployment {
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

/// The services started for this run. They stop when this value is dropped.
#[derive(Debug)]
pub struct Deployments {
    pub all: Vec<Deployment>,
    _fleets: Vec<Fleet>,
}

/// Seconds that a login lives at the instances for the expiry row.
const SHORT_LIFETIME: Duration = Duration::from_secs(2);

/// Settings that equal the default of a mechanism.
const DEFAULTS: [&str; 2] = ["REVOCATION=feed", "SESSION_STORE=memory"];

impl Deployment {
    /// A service of which only the address is known.
    pub fn new(target: Target, key: Option<Secret>) -> Self {
        Self { target, setting: "", short_lived: None, behind_a_proxy: None, neighbour: None, key }
    }
}

impl Deployments {
    /// Cookies and tokens without revocation and with both kinds of it, sessions in two stores, RS256 tokens, whose
    /// public key is published, and opaque tokens.
    pub async fn start() -> Result<Self> {
        Self::start_with(|_| {}).await
    }

    /// Like `start`, but `change` may adjust the settings first.
    pub async fn start_with(change: impl Fn(&mut Settings)) -> Result<Self> {
        let change = &change;
        let without_query = |with: fn(&mut Settings, &mut Mechanisms)| {
            Fleet::start_with(move |settings, mechanisms| {
                change(settings);
                mechanisms.token.token_query = false;
                with(settings, mechanisms);
            })
        };
        let off = Fleet::start_with(|settings, mechanisms| {
            change(settings);
            settings.revocation = Reach::Off;
            mechanisms.session.session_store = Some(session_svc::Store::Sql);
            mechanisms.token.token_query = true;
        })
        .await?;
        let feed = without_query(|_, _| {}).await?;
        let read = without_query(|settings, _| settings.revocation = Reach::Read).await?;
        let rs256 = without_query(|_, mechanisms| mechanisms.token.jwt_alg = token_svc::Algorithm::Rs256).await?;
        let opaque = without_query(|_, mechanisms| mechanisms.token.token_kind = TokenKind::Opaque).await?;
        let short = Fleet::start_with(|_, mechanisms| {
            mechanisms.cookie.login_max_age = SHORT_LIFETIME;
            mechanisms.session.session_cookie_age = SHORT_LIFETIME;
            mechanisms.token.access_token_lifetime = SHORT_LIFETIME;
        })
        .await?;
        let short_opaque = Fleet::start_with(|_, mechanisms| {
            mechanisms.token.token_kind = TokenKind::Opaque;
            mechanisms.token.opaque_token_lifetime = SHORT_LIFETIME;
        })
        .await?;
        let proxied = Fleet::start_with(|settings, _| {
            settings.trusted_proxies = vec![IpAddr::from(Ipv4Addr::LOCALHOST).into()];
        })
        .await?;
        let neighbour = Fleet::start_with(|settings, _| change(settings)).await?;
        let all = [
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
        let all = all.into_iter().filter_map(|(mechanism, setting, fleet, short)| {
            Some(Deployment {
                target: target_of(fleet, mechanism)?,
                setting,
                short_lived: target_of(short, mechanism),
                behind_a_proxy: DEFAULTS.contains(&setting).then(|| target_of(&proxied, mechanism)).flatten(),
                neighbour: target_of(&neighbour, mechanism),
                key: Some(fleet.secret_key()?),
            })
        });
        Ok(Self {
            all: all.collect(),
            _fleets: vec![off, feed, read, short, rs256, opaque, short_opaque, proxied, neighbour],
        })
    }
}

fn target_of(fleet: &Fleet, mechanism: &str) -> Option<Target> {
    fleet.targets().into_iter().find(|target| target.name.starts_with(mechanism))
}
