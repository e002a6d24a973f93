//! A role that may only read and write rows; another role creates the tables.

use authlab_test_support::Postgres;

use super::logs_in;
use crate::support::service::{NAMES, Service};

const APP: &str = "CREATE ROLE app LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC";
const RIGHTS: &str = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app";

fn migrated(service: &str, url: &str) {
    let output = Service::errand(service, &["migrate", "--database-url", url, "--data-dir", "/dev/null/unused"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "the tables of the database are up to date\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn services_start_and_log_people_in_with_a_role_that_may_create_nothing() {
    let Some(postgres) = Postgres::start().await else { return };
    postgres.ask(APP).unwrap();
    for service in NAMES {
        migrated(service, &postgres.url());
    }
    postgres.ask(RIGHTS).unwrap();
    for service in NAMES {
        let service = Service::start(service, &["--database-url", &postgres.url_as("app")]);
        assert_eq!(logs_in(&service.target, &format!("somebody-at-{}", service.target.name)).await, (201, 200));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_sessions_is_made_with_the_others() {
    let Some(postgres) = Postgres::start().await else { return };
    postgres.ask(APP).unwrap();
    migrated("token-svc", &postgres.url());
    postgres.ask(RIGHTS).unwrap();
    let (url, sql) = (postgres.url_as("app"), ["--session-store", "sql"]);
    let said = Service::refused("session-svc", &["--database-url", &url, sql[0], sql[1]]);
    assert!(said.contains("permission denied") && said.contains("`migrate`"), "{said}");
    let output = Service::errand("session-svc", &["migrate", "--database-url", &postgres.url(), sql[0], sql[1]]);
    assert!(output.status.success());
    postgres.ask(RIGHTS).unwrap();
    let service = Service::start("session-svc", &["--database-url", &url, sql[0], sql[1]]);
    assert_eq!(logs_in(&service.target, "somebody").await, (201, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_the_tables_says_who_must_make_them() {
    let Some(postgres) = Postgres::start().await else { return };
    postgres.ask(APP).unwrap();
    let url = postgres.url_as("app");
    let said = Service::refused("cookie-svc", &["--database-url", &url]);
    assert!(said.contains("lacks the migrations 1, 2") && said.contains("`migrate`"), "{said}");
    migrated("cookie-svc", &postgres.url());
    let said = Service::refused("cookie-svc", &["--database-url", &url]);
    assert!(said.contains("_sqlx_migrations") && said.contains("SELECT"), "{said}");
}
