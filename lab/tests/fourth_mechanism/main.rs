//! The recipe "Adding a mechanism" of `authlab-mechanism`, followed literally: a mechanism that the workspace does not know speaks the
//! contract.

mod layer;
mod tickets;

use std::{convert::identity, net::Ipv4Addr};

use authlab_client::target::Target;
use authlab_clock::Clock;
use authlab_server::signal::stop;
use authlab_service::{
    Ground,
    settings::{Settings, defaults},
    start,
};

use authlab_workers::Workers;

use self::tickets::TicketSettings;

#[tokio::test(flavor = "multi_thread")]
async fn a_mechanism_made_by_the_recipe_speaks_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::embedded(folder.path());
    let ground = Ground::open(&settings, Clock::system()).await.unwrap();
    let service: TicketSettings = defaults(identity);
    let started = start(&service, &settings, &ground, (Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let target = Target::at(started.name, started.address);
    let (_stopper, stop) = stop();
    tokio::spawn(started.run(Workers::here(), stop));
    let report = authlab_conformance::run(&target, |_| {}).await.unwrap();
    let failures: Vec<String> =
        report.failures().map(|failed| format!("{}: {:?}", failed.id, failed.outcome)).collect();
    assert!(report.holds(), "{}", failures.join("\n"));
    assert!(report.passed() > 80, "only {} clauses applied", report.passed());
}
