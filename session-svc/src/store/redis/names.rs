//! With what the names of keys begin, so that two deployments on one Redis do not take each other's sessions: account numbers and
//! user names are the same everywhere.
//!
//! A name begins with the id of the deployment, which its database keeps, or with what `SESSION_PREFIX` says. Before the id there
//! was nothing: a deployment that had accounts by then finds what lies under such *former* names for as long as a session of
//! before can live, and moves it at first sight. An instance that an upgrade runs with an empty `SESSION_PREFIX` does the same the
//! other way round. Nothing is asked for twice unless the first look finds nothing.

use std::time::Duration;

use shared::{
    clock::{Clock, whole_seconds},
    deployment::Deployment,
};

use crate::settings::SessionPrefix;

/// An upgrade may take so long, and sessions of the former version begin to the last.
const LONGEST_UPGRADE: Duration = Duration::from_hours(24);

#[derive(Debug)]
pub(crate) struct Names {
    prefix: String,
    other: Option<Other>,
    clock: Clock,
}

/// With what names began before, or begin at other instances during an upgrade.
#[derive(Debug)]
struct Other {
    prefix: String,
    /// In seconds since the epoch.
    until: i64,
}

impl Names {
    /// The names of this deployment, whose sessions live for `lifetime` when they are not used.
    pub(crate) fn of(
        deployment: &Deployment,
        setting: Option<&SessionPrefix>,
        lifetime: Duration,
        clock: Clock,
    ) -> Self {
        let of_deployment = format!("{}:", deployment.id);
        let other = match setting {
            None => Some(String::new()),
            Some(prefix) if prefix.is_empty() => Some(of_deployment.clone()),
            // Whoever chooses a name begins anew.
            Some(_) => None,
        };
        let until = deployment.created_at.saturating_add(whole_seconds(lifetime.saturating_add(LONGEST_UPGRADE)));
        let other = other.filter(|_| deployment.had_accounts).map(|prefix| Other { prefix, until });
        Self { prefix: setting.map_or(of_deployment, |prefix| prefix.as_str().to_owned()), other, clock }
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The other prefix under which a session may lie that is not found under this one.
    pub(super) fn other_prefix(&self) -> Option<&str> {
        self.other.as_ref().filter(|other| self.clock.seconds() < other.until).map(|other| other.prefix.as_str())
    }

    #[cfg(test)]
    pub(super) fn beginning_with(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), other: None, clock: Clock::by_hand(0) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use shared::{clock::Clock, deployment::Deployment};

    use super::Names;
    use crate::settings::SessionPrefix;

    const TWO_WEEKS: Duration = Duration::from_hours(14 * 24);

    fn names(had_accounts: bool, setting: Option<&str>, clock: &Clock) -> Names {
        let deployment = Deployment { id: "abc".to_owned(), created_at: 1_000, had_accounts };
        let setting = setting.map(|text| text.parse::<SessionPrefix>().unwrap());
        Names::of(&deployment, setting.as_ref(), TWO_WEEKS, clock.clone())
    }

    #[test]
    fn only_a_deployment_of_before_looks_under_former_names_and_not_for_ever() {
        let clock = Clock::by_hand(1_000);
        for (had_accounts, setting, prefix, other) in [
            (true, None, "abc:", Some("")),
            (true, Some(""), "", Some("abc:")),
            (true, Some("mine:"), "mine:", None),
            (false, None, "abc:", None),
            (false, Some(""), "", None),
        ] {
            let names = names(had_accounts, setting, &clock);
            assert_eq!((names.prefix(), names.other_prefix()), (prefix, other), "{had_accounts} {setting:?}");
        }
        let upgraded = names(true, None, &clock);
        clock.advance(TWO_WEEKS);
        assert_eq!(upgraded.other_prefix(), Some(""), "an upgrade takes its time");
        clock.advance(Duration::from_hours(24));
        assert_eq!(upgraded.other_prefix(), None);
    }
}
