//! A cluster: one database, one `REVOCATION` setting, and for each service several instances with different clocks.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::place::Place;
use crate::support::{
    deployment::{Deployment, Reach, Sessions},
    handed::Kind,
    instance::Instance,
};

/// How many processes start at the same time: a start needs one CPU core for a moment.
const STARTS: usize = 4;

/// A service with one store: its instances know each other's logins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Group {
    Cookie,
    SessionsInSql,
    SessionsInRedis,
    /// Each instance has its own sessions.
    SessionsInMemory,
    Token,
}

pub(super) struct Cluster {
    pub(super) name: String,
    pub(super) instances: Vec<(Group, Place, Arc<Instance>)>,
}

impl Group {
    pub(super) fn places(self) -> &'static [Place] {
        match self {
            Self::SessionsInMemory => &[Place::Right, Place::Paused],
            _ => &Place::ALL,
        }
    }

    pub(super) fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Cookie => &[Kind::Cookie],
            Self::Token => &[Kind::Jwt, Kind::Opaque],
            _ => &[Kind::Session],
        }
    }

    /// Another service with the same accounts, and the kind of its logins.
    pub(super) fn elsewhere(self) -> (Self, Kind) {
        match self {
            Self::Cookie => (Self::SessionsInSql, Kind::Session),
            Self::Token => (Self::Cookie, Kind::Cookie),
            _ => (Self::Token, Kind::Jwt),
        }
    }
}

impl Cluster {
    /// Starts instances of all services; sessions in Redis are added if a URL is given. Opaque tokens are then in Redis with one
    /// `REVOCATION`, and in the database with the other.
    pub(super) async fn start(deployment: Deployment, redis: Option<String>) -> Self {
        let tokens = redis.clone().filter(|_| deployment.reach == Reach::Feed);
        let deployment = deployment.with_opaque_tokens_in(tokens);
        let stores = [
            Some((Group::SessionsInSql, Sessions::Sql)),
            Some((Group::SessionsInMemory, Sessions::Memory)),
            redis.map(|url| (Group::SessionsInRedis, Sessions::Redis(url))),
        ];
        let sessions = stores.into_iter().flatten();
        let groups = sessions.chain([(Group::Cookie, Sessions::Sql), (Group::Token, Sessions::Sql)]);
        let starts = Semaphore::new(STARTS);
        let starting = groups.flat_map(|(group, sessions)| {
            let deployment = deployment.clone().with_sessions(sessions);
            let starts = &starts;
            group.places().iter().map(move |place| {
                let launch = deployment.launch(group.kinds()[0].service()).at(place.wall_clock());
                // The other instance hashes passwords at production cost, so logins of accounts registered there are
                // slow.
                let launch = if *place == Place::Other { launch.with_costly_passwords() } else { launch };
                async move {
                    let _turn = starts.acquire().await;
                    (group, *place, Arc::new(launch.start().await))
                }
            })
        });
        Self { name: deployment.to_string(), instances: join_all(starting).await }
    }

    pub(super) fn at(&self, group: Group, place: Place) -> &Instance {
        let found = self.instances.iter().find(|(of, at, _)| (*of, *at) == (group, place));
        &found.unwrap_or_else(|| panic!("{group:?} has no instance {place:?}")).2
    }

    pub(super) fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = self.instances.iter().map(|(group, _, _)| *group).collect();
        groups.dedup();
        groups
    }

    pub(super) fn paused(&self) -> impl Iterator<Item = &Arc<Instance>> {
        self.instances.iter().filter(|(_, place, _)| *place == Place::Paused).map(|(_, _, instance)| instance)
    }
}
