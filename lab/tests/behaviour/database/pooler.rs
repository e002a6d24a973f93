//! PgBouncer in transaction mode, as Debian ships it: without prepared statements.

use authlab_client::visitor::Visitor;
use authlab_fleet::Fleet;
use authlab_test_support::{PgBouncer, Postgres};
use futures_util::future::join_all;

use super::{all_speak_the_contract, fleet};
use crate::support::service::Service;

/// The three services behind the pooler, with the setting that it needs.
async fn fleet_behind(pooler: &PgBouncer) -> Fleet {
    fleet(|settings, _| {
        settings.database_url = Some(pooler.url());
        settings.database_prepared_statements = false;
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_behind_a_pooler() {
    let Some(postgres) = Postgres::start().await else { return };
    let Some(pooler) = PgBouncer::start(&postgres).await else { return };
    let fleet = fleet_behind(&pooler).await;
    all_speak_the_contract(&fleet).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_at_once_do_not_get_each_others_statements() {
    let Some(postgres) = Postgres::start().await else { return };
    let Some(pooler) = PgBouncer::start(&postgres).await else { return };
    let fleet = fleet_behind(&pooler).await;
    let targets = fleet.targets();
    let clients = (0..24).map(|number| {
        let target = targets[number % targets.len()].clone();
        async move {
            let mut visitor = Visitor::new(&target, &format!("user-{number}")).await.unwrap();
            for _ in 0..20 {
                visitor.is_logged_in().await.unwrap();
            }
        }
    });
    join_all(clients).await;
    assert_eq!(postgres.ask("SELECT count(*) FROM account").unwrap().trim(), "24");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_behind_a_pooler_names_the_setting_that_it_needs() {
    let Some(postgres) = Postgres::start().await else { return };
    let Some(pooler) = PgBouncer::start(&postgres).await else { return };
    for service in ["cookie-svc", "token-svc"] {
        let said = Service::refused(service, &["--database-url", &pooler.url()]);
        assert!(said.contains("DATABASE_PREPARED_STATEMENTS=off"), "{said}");
    }
}
