//! Both halves of each attack's proof: the attack succeeds on a weak twin. On the real service it is blocked, or
//! unavoidable with this mechanism.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod proofs;
mod recipe;
mod twins;

use authlab_attacks::{
    self, Report,
    deployments::{Deployment, Deployments},
    row::Row,
    rows::{ROWS, find},
};
use authlab_client::visitor::PASSWORD;
use authlab_fleet::Fleet;
use authlab_results::{
    Verdict,
    attacks::{AttackCell, AttackFamily, AttackTable, Outcome},
};
use authlab_secrets::Secret;
use authlab_terminal::Look;
use authlab_test_support::Redis;
use lab::cli::attack::{explain, terminal};
use proofs::{Proof, UNAVOIDABLE, proofs};
use session_svc::Store;
use twins::server::{Weak, start};

/// Each attack of the family must succeed on all its weak twins and be blocked on the real services.
async fn both_halves(family: AttackFamily) {
    let mut wrong = Vec::new();
    for row in ROWS.iter().filter(|row| row.family == family) {
        for Proof { on, weak } in proofs(row.id) {
            for mechanism in on {
                let (twin, real) = (start(mechanism, weak()).await, start(mechanism, Weak::Nothing).await);
                let (without, with) = tokio::join!(outcome(row, &twin.deployment), outcome(row, &real.deployment));
                if !matches!(without, Outcome::Fell { .. }) {
                    wrong.push(format!("{} on {mechanism} must succeed without the defence: {without:?}", row.id));
                }
                if !is_blocked(row.id, &with) {
                    wrong.push(format!("{} on {mechanism} must be blocked with the defence: {with:?}", row.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn outcome(row: &'static Row, deployment: &Deployment) -> Outcome {
    authlab_attacks::play(row, deployment).await.unwrap().0.outcome
}

async fn run(deployments: &[Deployment], rows: &[&'static Row]) -> Report {
    authlab_attacks::run(deployments, rows, "2026-01-01T00:00:00Z".parse().unwrap(), |_| {}).await.unwrap()
}

/// With the real lifetimes the wait for expiry is too long. The full run below uses services with lifetimes of seconds.
fn is_blocked(row: &str, outcome: &Outcome) -> bool {
    let takes_too_long = row == "theft::replay_after_expiry" && matches!(outcome, Outcome::NotApplicable { .. });
    matches!(outcome, Outcome::Held | Outcome::ByNature(_)) || takes_too_long
}

macro_rules! families {
    ($($name:ident: $family:ident,)+) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            both_halves(AttackFamily::$family).await;
        })+
    };
}

families! {
    stolen_credentials_open_the_door_only_where_nothing_ends_them: Theft,
    planted_credentials_are_shared_only_where_they_are_adopted: Fixation,
    changed_credentials_pass_only_where_no_signature_is_compared: Tampering,
    forged_credentials_pass_only_where_their_key_or_time_is_not_asked: Forgery,
    tokens_decide_how_they_are_believed_only_where_their_header_is: TokenConfusion,
    other_sites_act_only_where_every_site_is_trusted: CrossSite,
    text_becomes_more_than_text_only_where_it_is_written_as_it_comes: Injection,
    guessing_goes_on_only_where_nobody_counts: Guessing,
    one_request_costs_much_only_where_nothing_is_limited: Exhaustion,
    requests_are_read_in_two_ways_only_where_the_reader_is_lenient: Routing,
    credentials_are_seen_by_others_only_where_answers_carry_them: Exposure,
}

#[test]
fn every_row_is_proved_in_one_way() {
    for row in ROWS {
        let ways = [!proofs(row.id).is_empty(), UNAVOIDABLE.contains(&row.id)];
        assert_eq!(ways.into_iter().filter(|way| *way).count(), 1, "{} is proved in one way", row.id);
    }
    for id in UNAVOIDABLE {
        assert!(find(id).is_some(), "{id} is no row");
    }
}

#[test]
fn numbers_and_ids_are_unlike_one_another() {
    for (at, row) in ROWS.iter().enumerate() {
        let same = |other: &&Row| other.number == row.number || other.id == row.id;
        assert!(!ROWS[..at].iter().any(|other| same(&other)), "{} {}", row.number, row.id);
        assert_eq!(find(row.number).map(|found| found.id), Some(row.id));
    }
    // A39 is no attack: a service with a weak key does not start.
    for number in (1..=40).filter(|number| *number != 39) {
        assert!(find(&format!("A{number:02}")).is_some(), "A{number:02} of the matrix is missing");
    }
}

/// The whole table on the real services with all settings, as the command prints it.
#[tokio::test(flavor = "multi_thread")]
async fn every_attack_is_blocked_or_is_named_as_unavoidable() {
    let deployments = Deployments::start_with(|settings| {
        settings.limits.header_timeout = std::time::Duration::from_secs(1);
    })
    .await
    .unwrap();
    let report = run(&deployments.all, &ROWS.iter().collect::<Vec<_>>()).await;
    let table = &report.table;
    assert!(table.holds, "{}", terminal::render(table, Look::PLAIN));
    for id in UNAVOIDABLE {
        let cells = table.row(id).unwrap();
        assert!(cells.iter().any(|cell| matches!(cell.outcome, Outcome::ByNature(_))), "{id} succeeded nowhere");
    }
    // A session ends at once. A JWT that no service revokes stays valid, and the table says for how long.
    let replayed = table.row("theft::replay_after_logout").unwrap();
    let still_open =
        |cell: &AttackCell| cell.accepted_after_end.is_some_and(|accepted| accepted.open_for_seconds.is_some());
    assert!(replayed.iter().any(still_open));
    let read: AttackTable = serde_json::from_str(&serde_json::to_string(table).unwrap()).unwrap();
    assert_eq!(read.rows.len(), ROWS.len());
    assert_eq!(read.rows[0].cells.len(), deployments.all.len());
    let verdict = |id: &str| read.claims.iter().find(|claim| claim.id == id).unwrap().verdict;
    assert_eq!(verdict("tokens-cannot-be-revoked"), Verdict::Depends);
    assert_eq!(verdict("sessions-can-be-revoked"), Verdict::True);
    assert_eq!(verdict("alg-none"), Verdict::False);
    let explained = explain::render(&report, Look::PLAIN);
    assert!(explained.contains("thief: GET /mine") && !explained.contains(PASSWORD));
}

/// The attacks that a session store could make possible.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_in_redis_withstand_the_same() {
    let Some(redis) = Redis::start().await else { return };
    let store = Store::Redis(Secret::new(redis.url()));
    let start = || Fleet::start_with(|_, mechanisms| mechanisms.session.session_store = Some(store.clone()));
    let session = |fleet: &Fleet| fleet.targets().into_iter().find(|target| target.name.starts_with("session"));
    let (fleet, another) = (start().await.unwrap(), start().await.unwrap());
    let neighbour = session(&another);
    let deployment = Deployment { neighbour, ..Deployment::new(session(&fleet).unwrap(), fleet.secret_key()) };
    let families = [
        AttackFamily::Theft,
        AttackFamily::Fixation,
        AttackFamily::Tampering,
        AttackFamily::Forgery,
        AttackFamily::Exposure,
    ];
    let rows: Vec<_> = ROWS.iter().filter(|row| families.contains(&row.family)).collect();
    let table = run(&[deployment], &rows).await.table;
    assert!(table.holds, "{}", terminal::render(&table, Look::PLAIN));
    assert!(table.count("blocked") > 15, "{}", terminal::render(&table, Look::PLAIN));
    let other_deployment = &table.row("forgery::use_one_of_another_deployment").unwrap()[0].outcome;
    assert_eq!(*other_deployment, Outcome::Held);
}

/// Different key prefixes separate two deployments. With a common prefix each accepts the other's sessions.
#[tokio::test(flavor = "multi_thread")]
async fn deployments_on_one_redis_share_their_logins_where_they_share_a_prefix() {
    let Some(redis) = Redis::start().await else { return };
    let start = || {
        Fleet::start_with(|_, mechanisms| {
            mechanisms.session.session_store = Some(Store::Redis(Secret::new(redis.url())));
            mechanisms.session.session_prefix = Some("".parse().unwrap());
        })
    };
    let session = |fleet: &Fleet| fleet.targets().into_iter().find(|target| target.name.starts_with("session"));
    let (fleet, another) = (start().await.unwrap(), start().await.unwrap());
    let deployment = Deployment { neighbour: session(&another), ..Deployment::new(session(&fleet).unwrap(), None) };
    let row = find("forgery::use_one_of_another_deployment").unwrap();
    assert!(matches!(outcome(row, &deployment).await, Outcome::Fell { .. }));
}
