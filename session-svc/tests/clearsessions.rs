//! The command `session-svc clearsessions`, which deletes expired sessions, as a process.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    convert::identity,
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use authlab_clock::Clock;
use authlab_mechanism::{
    login::{Account, Device, NewLogin},
    presented::Presented,
};
use authlab_service::{
    Ground, Service as _,
    settings::{Settings, defaults},
};
use session_svc::{SessionSettings, Store};

fn clearsessions(folder: &Path, store: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_session-svc"));
    command.env_clear().arg("clearsessions").arg("--data-dir").arg(folder).args(["--session-store", store]);
    command.output().unwrap()
}

const LONG_AGO: i64 = 1_000_000_000;
const A_DAY: Duration = Duration::from_hours(24);
const A_CENTURY: Duration = Duration::from_hours(100 * 365 * 24);

/// Begins a login long ago. A service on the current time would delete expired sessions itself.
async fn somebody_logged_in(folder: &Path, lifetime: Duration) {
    let ground = Ground::open(&Settings::embedded(folder), Clock::manual(LONG_AGO)).await.unwrap();
    let settings = SessionSettings {
        session_store: Some(Store::Sql),
        session_cookie_age: lifetime,
        session_absolute_age: lifetime,
        ..defaults(identity)
    };
    let mechanism = settings.mechanism(&ground).await.unwrap();
    let alice = Account { id: 1, username: "alice".to_owned(), generation: 0 };
    let (presented, device) = (&Presented::default(), &Device::default());
    mechanism.login(NewLogin::new(presented, &alice, device)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_expired_is_removed_and_what_has_not_stays() {
    let folder = tempfile::tempdir().unwrap();
    for lifetime in [A_DAY, A_CENTURY, A_DAY] {
        somebody_logged_in(folder.path(), lifetime).await;
    }
    for removed in [2, 0] {
        let output = clearsessions(folder.path(), "sql");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(said.trim(), format!("{removed} expired sessions were removed"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_service_removes_what_has_expired_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    somebody_logged_in(folder.path(), A_DAY).await;
    let ground = Ground::open(&Settings::embedded(folder.path()), Clock::system()).await.unwrap();
    let settings = SessionSettings { session_store: Some(Store::Sql), ..defaults(identity) };
    let _service = settings.mechanism(&ground).await.unwrap();
    for _ in 0..100 {
        let kept = sqlx::query("SELECT session_key FROM django_session").fetch_all(ground.database.pool()).await;
        if kept.unwrap().is_empty() {
            return;
        }
        // The service deletes expired sessions in the background, in real time.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("still there after 5 s");
}

#[test]
fn there_is_nothing_to_clear_in_the_memory_of_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let output = clearsessions(folder.path(), "memory");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("SESSION_STORE=sql") && said.trim().lines().count() == 1, "{said}");
}
