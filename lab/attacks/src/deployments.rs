//! The attacked services: ours in all settings that change a result, or any service by its address.

use std::{net::{IpAddr, Ipv4Addr}, time::Duration};

use anyhow::Result;
use authlab_client::target::Target;
use authlab_endings::Reach;
use authlab_fleet::Fleet;
use authlab_mechanism::tokens::TokenKind;
use authlab_secrets::Secret;
use authlab_service::settings::Settings;

/// A service to attack, and what the attacks need besides.
#[derive(Clone, Debug)]
pub struct Deployment {
    pub target: Target,
    /// The settings that distinguish it from other deployments of its mechanism. Empty if nothing is known about the service.
    pub setting: &'static str,
    /// The same service with logins of two seconds, for attacks that wait for the expiry.
    pub short_lived: Option<Target>,
    /// The same service with the lab as trusted proxy, for attacks from many addresses. Only for the default setting of a mechanism,
    /// since all settings count clients in the same way.
    pub behind_a_proxy: Option<Target>,
    /// Another deployment of the same service, with other accounts and another key, on the same store if it has one.
    pub neighbour: Option<Target>,
    /// The signing key, for attacks with a stolen key.
    pub key: Option<Secret>,
}

/// Services that were started to be attacked. They stop when this is dropped.
#[derive(Debug)]
pub struct Deployments {
    pub all: Vec<Deployment>,
    _fleets: Vec<Fleet>,
}

/// How long a login of a short-lived deployment is valid.
const SHORT_LIFETIME: Duration = Duration::from_secs(2);

/// The settings that are the default of a mechanism.
const DEFAULTS: [&str; 2] = ["REVOCATION=feed", "SESSION_STORE=memory"];

impl Deployment {
    /// A service of which only the address is known, and perhaps the signing key.
    pub fn new(target: Target, key: Option<Secret>) -> Self {
        Self { target, setting: "", short_lived: None, behind_a_proxy: None, neighbour: None, key }
    }
}

impl Deployments {
    /// Starts cookie-svc and token-svc with each kind of revocation, session-svc with two stores, and token-svc with RS256 and with
    /// opaque tokens.
    pub async fn start() -> Result<Self> {
        Self::start_with(|_| {}).await
    }

    /// Starts them with settings that `change` has changed.
    pub async fn start_with(change: impl Fn(&mut Settings)) -> Result<Self> {
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
            mechanisms.cookie.login_max_age = SHORT_LIFETIME;
            mechanisms.session.session_cookie_age = SHORT_LIFETIME;
            mechanisms.token.access_token_lifetime = SHORT_LIFETIME;
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
