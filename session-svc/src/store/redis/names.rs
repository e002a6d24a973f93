//! The prefix of all keys, so that two deployments on one Redis do not mix their sessions. Both may have the same account ids and
//! usernames.
//!
//! The prefix is the deployment's id from its database, or `SESSION_PREFIX`. Version 0.1 had no prefix. A deployment with accounts of
//! that version also looks for keys without prefix, and moves the sessions it finds. It does so as long as such sessions can live. During
//! an upgrade, an instance with an empty `SESSION_PREFIX` does the same in the other direction.

use std::time::Duration;

use authlab_clock::{Clock, whole_seconds};
use authlab_database::deployment::Deployment;
use authlab_redis::{KeyPrefix, entries::Names};

/// Maximum time of an upgrade, during which the former version still begins sessions.
const MAX_UPGRADE_TIME: Duration = Duration::from_hours(24);

/// The keys of this deployment; `lifetime` is the idle timeout of its sessions.
pub(crate) fn names(deployment: &Deployment, setting: Option<&KeyPrefix>, lifetime: Duration, clock: Clock) -> Names {
    let of_deployment = format!("{}:", deployment.id);
    let other = match setting {
        None => Some(String::new()),
        Some(prefix) if prefix.is_empty() => Some(of_deployment.clone()),
        // A chosen prefix does not take over any sessions.
        Some(_) => None,
    };
    let until = deployment.created_at.saturating_add(whole_seconds(lifetime.saturating_add(MAX_UPGRADE_TIME)));
    let names = Names::new(setting.map_or(of_deployment, |prefix| prefix.as_str().to_owned()));
    match other.filter(|_| deployment.had_accounts) {
        Some(other) => names.with_other(other, until, clock),
        None => names,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use authlab_clock::Clock;
    use authlab_database::deployment::Deployment;
    use authlab_redis::{KeyPrefix, entries::Names};

    const TWO_WEEKS: Duration = Duration::from_hours(14 * 24);

    fn names(had_accounts: bool, setting: Option<&str>, clock: &Clock) -> Names {
        let deployment = Deployment { id: "abc".to_owned(), created_at: 1_000, had_accounts };
        let setting = setting.map(|text| text.parse::<KeyPrefix>().unwrap());
        super::names(&deployment, setting.as_ref(), TWO_WEEKS, clock.clone())
    }

    #[test]
    fn only_a_deployment_of_before_looks_under_former_names_and_not_for_ever() {
        let clock = Clock::manual(1_000);
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
