//! Whom the attacks are played against: our services in the settings that change a row, or any service by its address.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::Result;
use authlab_client::target::Target;
use authlab_fleet::Fleet;
use serde::Serialize;
use shared::{endings::Reach, secret::Secret, settings::Settings, tokens::TokenKind};

/// Somebody to attack.
#[derive(Clone, Debug)]
pub struct Mark {
    pub target: Target,
    /// The settings that set it apart from others of its mechanism; empty for a target of which nothing is known.
    pub setting: &'static str,
    /// The same service with logins of two seconds, for what takes its time.
    pub short_lived: Option<Target>,
    /// The same service where the lab is a trusted proxy: what the rows have that come from many addresses. Beside the default
    /// setting alone: clients are counted alike in all.
    pub behind_a_proxy: Option<Target>,
    /// Another deployment of the same service, with accounts and a key of its own, on the same store where both keep something in one.
    pub neighbour: Option<Target>,
    /// The key it signs with: what the rows have that play with a stolen key.
    pub key: Option<Secret>,
}

/// What the table says of a mark.
#[derive(Clone, Debug, Serialize)]
pub struct Marked<'a> {
    pub target: &'a Target,
    pub mechanism: &'a str,
    pub setting: &'static str,
}

/// The services that were started for the occasion; they stop when this is dropped.
#[derive(Debug)]
pub struct Arena {
    pub marks: Vec<Mark>,
    _fleets: Vec<Fleet>,
}

/// Seconds that a login lives where an expiry is to be seen.
const SHORT_LIFE: u64 = 2;

/// Settings that say the default of a mechanism.
const DEFAULTS: [&str; 2] = ["REVOCATION=feed", "SESSION_STORE=memory"];

impl Mark {
    /// A service of which nothing but the address is known.
    pub fn stranger(target: Target, key: Option<Secret>) -> Self {
        Self { target, setting: "", short_lived: None, behind_a_proxy: None, neighbour: None, key }
    }

    /// As the head of its column.
    pub fn name(&self) -> String {
        format!("{} {}", self.target.name, self.setting).trim_end().to_owned()
    }
}

impl Arena {
    /// Cookies and tokens without revocation and with both kinds of it, sessions in two stores, tokens whose public key everybody
    /// has, and opaque ones.
    pub async fn open() -> Result<Self> {
        Self::open_with(|_| {}).await
    }

    /// The same, with the settings as `change` leaves them.
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
