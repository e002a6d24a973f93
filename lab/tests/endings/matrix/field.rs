//! A field: one database, one reach of endings, and for each service instances that differ by their clocks.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::place::Place;
use crate::support::{
    deployment::{Deployment, Sessions},
    handed::Kind,
    instance::Instance,
};

/// Starts at the same time: each takes a processor for a moment.
const STARTS: usize = 4;

/// Instances that know each other's logins: one service with one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Group {
    Cookie,
    SessionsInSql,
    SessionsInRedis,
    /// Each instance by itself.
    SessionsInMemory,
    Token,
}

pub(super) struct Field {
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

    /// A service with the same accounts, and what it hands out.
    pub(super) fn elsewhere(self) -> (Self, Kind) {
        match self {
            Self::Cookie => (Self::SessionsInSql, Kind::Session),
            Self::Token => (Self::Cookie, Kind::Cookie),
            _ => (Self::Token, Kind::Jwt),
        }
    }
}

impl Field {
    /// Instances of all services; the sessions in Redis where there is an address of one.
    pub(super) async fn start(deployment: Deployment, redis: Option<String>) -> Self {
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
                // What is registered at the other instance is verified as slowly as in production.
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
