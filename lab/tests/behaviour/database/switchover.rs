//! Another server becomes the primary: services switch to it without a restart.

use std::time::Duration;

use authlab_client::target::Target;
use authlab_test_support::Postgres;
use futures_util::future::join_all;
use tokio::time::sleep;

use super::{fleet, forwarder::Forwarder, logs_in, readiness};
use crate::support::service::{NAMES, Service};

/// Logins must work again within this time after the primary is reachable.
const SOON: Duration = Duration::from_secs(5);

/// Registers and logs in new accounts until one succeeds. The services reconnect in real time.
async fn works_within(limit: Duration, target: &Target, username: &str) {
    let tries = async {
        for number in 0.. {
            if logs_in(target, &format!("{username}-{number}")).await == (201, 200) {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(limit, tries).await.unwrap_or_else(|_| panic!("{target} refuses logins after {limit:?}"));
}

/// Asks `/readyz` until it answers 200.
async fn ready_within(limit: Duration, target: &Target) {
    let tries = async {
        while readiness(target).await.0 != 200 {
            // The services reconnect in real time.
            sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(limit, tries).await.unwrap_or_else(|_| panic!("{target} is not ready after {limit:?}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn services_leave_a_server_that_has_become_a_standby() {
    let Some(mut old) = Postgres::start().await else { return };
    let name = Forwarder::to(old.port()).await;
    let services = NAMES.map(|service| Service::start(service, &["--database-url", &name.url()]));
    for service in &services {
        assert_eq!(logs_in(&service.target, &format!("before-{}", service.target.name)).await, (201, 200));
    }
    let new = old.standby().await.unwrap();
    old.switch_over_to(&new).await.unwrap();
    for service in &services {
        let (status, words) = readiness(&service.target).await;
        assert!(status == 503 && words.contains("database"), "{}: {status} {words}", service.target);
    }
    assert_eq!(logs_in(&services[0].target, "meanwhile").await, (503, 503));
    name.lead_to(new.port());
    for service in &services {
        works_within(SOON, &service.target, &format!("after-{}", service.target.name)).await;
        ready_within(SOON, &service.target).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_outlive_a_demotion_are_given_up_at_the_first_write_that_fails() {
    let Some(old) = Postgres::start().await else { return };
    let new = old.standby().await.unwrap();
    let name = Forwarder::to(old.port()).await;
    let fleet = fleet(|settings, _| settings.database_url = Some(name.url())).await;
    let target = &fleet.targets()[1];
    assert_eq!(logs_in(target, "before").await, (201, 200));
    new.ask("SELECT pg_promote()").unwrap();
    old.ask("ALTER SYSTEM SET default_transaction_read_only = on").unwrap();
    old.ask("SELECT pg_reload_conf()").unwrap();
    name.lead_to(new.port());
    works_within(SOON, target, "after").await;
    assert_eq!(old.ask("SELECT count(*) FROM account").unwrap().trim(), "1", "the old primary got no more writes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_host_dies_in_silence_costs_no_connection_of_the_pool() {
    let Some(old) = Postgres::start().await else { return };
    let new = old.standby().await.unwrap();
    let name = Forwarder::to(old.port()).await;
    let fleet = fleet(|settings, _| settings.database_url = Some(name.url())).await;
    let target = &fleet.targets()[1];
    // Opens as many connections as the pool may have.
    assert!(crowd(target, "before").await.contains(&(201, 200)));
    new.ask("SELECT pg_promote()").unwrap();
    name.silence();
    name.lead_to(new.port());
    // Each login takes a pooled connection that will never answer.
    crowd(target, "meanwhile").await;
    works_within(2 * SOON, target, "after").await;
}

/// Sixteen registrations and logins in parallel.
async fn crowd(target: &Target, name: &str) -> Vec<(u16, u16)> {
    join_all((0..16).map(|number| async move { logs_in(target, &format!("{name}-{number}")).await })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_does_not_start_with_a_standby_and_says_why() {
    let Some(primary) = Postgres::start().await else { return };
    let standby = primary.standby().await.unwrap();
    let said = Service::refused("token-svc", &["--database-url", &standby.url()]);
    assert!(said.contains("standby") && said.contains("DATABASE_URL"), "{said}");
}
