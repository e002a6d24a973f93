//! `lab drill` and `lab endings`: what they count, and that they detect lost logins.

use std::process::{Command, Output};

use authlab_client::target::Target;
use authlab_fleet::Fleet;
use authlab_secrets::Secret;
use authlab_test_support::Redis;
use serde_json::Value;
use session_svc::Store;

fn lab(command: &str, targets: &[Target], arguments: &[&str]) -> Output {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg(command);
    for target in targets {
        lab.arg("--target").arg(format!("{}={}", target.name, target.url()));
    }
    lab.args(arguments).output().unwrap()
}

/// Runs a short drill. Returns its exit code and its report.
fn drill(targets: &[Target], during: &str) -> (i32, Value) {
    let quick = ["--people", "3", "--pace", "0.1", "--before", "1.5", "--after", "1.5", "--json", "--during", during];
    let output = lab("drill", targets, &quick);
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_happens_nothing_fails_and_nothing_is_lost() {
    let fleet = Fleet::start().await.unwrap();
    let (code, found) = drill(&fleet.targets(), "true");
    assert_eq!(code, 0, "{found}");
    for target in found["targets"].as_array().unwrap() {
        for kind in ["read", "write", "login"] {
            let requests = &target["requests"][kind];
            assert!(requests["asked"].as_u64() > Some(2), "{found}");
            assert_eq!(requests["failed"], 0, "{found}");
        }
        assert_eq!(target["logins_lost"], 0, "{found}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_logged_out_by_what_was_done_is_counted() {
    let Some(redis) = Redis::start().await else { return };
    let fleet = Fleet::start_with(|_, mechanisms| {
        mechanisms.session.session_store = Some(Store::Redis(Secret::new(redis.url())));
    });
    let fleet = fleet.await.unwrap();
    let sessions: Vec<Target> = fleet.targets().into_iter().filter(|target| target.name == "session-svc").collect();
    let (code, found) = drill(&sessions, &format!("redis-cli -p {} flushall", redis.address().port()));
    let found = &found["targets"][0];
    assert_eq!(code, 1, "{found}");
    assert_eq!(found["logins_lost"], 3, "{found}");
    assert!(found["requests"]["read"]["failures"]["401"].as_u64() > Some(0), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_do_not_share_their_logins_are_found_out() {
    let (one, other) = (Fleet::start().await.unwrap(), Fleet::start().await.unwrap());
    let output = lab("endings", &[one.targets()[0].clone(), other.targets()[0].clone()], &["--rounds", "1"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("are they replicas?"), "{output:?}");
}
