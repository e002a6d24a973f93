//! Encrypted connections to PostgreSQL, with and without a check of the server's certificate.

use std::fs;

use authlab_test_support::Postgres;

use super::{all_speak_the_contract, fleet};
use crate::support::service::Service;

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_with_a_server_that_is_checked() {
    let Some(postgres) = Postgres::start_with_tls().await else { return };
    let fleet = fleet(|settings, _| {
        settings.database_url = Some(postgres.url());
        settings.database_ca = Some(postgres.authority());
    })
    .await;
    all_speak_the_contract(&fleet).await;
    let versions = postgres.ask("SELECT DISTINCT version FROM pg_stat_ssl WHERE ssl").unwrap();
    assert!(versions.contains("TLSv1.3"), "{versions}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_connection_can_be_required_without_a_check() {
    let Some(postgres) = Postgres::start_with_tls().await else { return };
    let url = format!("{}?sslmode=require", postgres.url());
    drop(Service::start("token-svc", &["--database-url", &url]));
    let Some(plain) = Postgres::start().await else { return };
    let said = Service::refused("token-svc", &["--database-url", &format!("{}?sslmode=require", plain.url())]);
    assert!(said.contains("TLS"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_an_unknown_authority_vouches_for_is_refused() {
    let Some(postgres) = Postgres::start_with_tls().await else { return };
    let Some(another) = Postgres::start_with_tls().await else { return };
    let ca = another.authority().display().to_string();
    let said = Service::refused("cookie-svc", &["--database-url", &postgres.url(), "--database-ca", &ca]);
    assert!(said.contains("certificate"), "{said}");
    // Without `DATABASE_CA` the public authorities do not accept it either.
    let said = Service::refused("cookie-svc", &["--database-url", &format!("{}?sslmode=verify-full", postgres.url())]);
    assert!(said.contains("certificate") && said.contains("DATABASE_CA"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_is_refused() {
    let Some(postgres) = Postgres::start_with_tls().await else { return };
    let ca = postgres.authority().display().to_string();
    let url = postgres.url().replace("127.0.0.1", "127.0.0.2");
    let said = Service::refused("cookie-svc", &["--database-url", &url, "--database-ca", &ca]);
    assert!(said.contains("not valid for name"), "{said}");
}

#[test]
fn a_setting_that_checks_nothing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    fs::write(&file, "-----BEGIN CERTIFICATE-----\n").unwrap();
    let ca = file.display().to_string();
    let refused = |url| Service::refused("cookie-svc", &["--database-url", url, "--database-ca", &ca]);
    assert!(refused("postgres://app@db/app?sslmode=require").contains("sslmode"));
    assert!(refused("sqlite:authlab.sqlite3").contains("DATABASE_CA"));
    let missing = folder.path().join("none.pem").display().to_string();
    let said = Service::refused("cookie-svc", &["--database-url", "postgres://app@db/app", "--database-ca", &missing]);
    assert!(said.contains("DATABASE_CA") && said.contains("none.pem"), "{said}");
}
