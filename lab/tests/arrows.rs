//! Who may import whom, asked of `cargo metadata`: what ARCHITECTURE.md draws is what the manifests say.
//!
//! Dependencies of tests and build scripts count as well, so that a rule needs no second reading.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    process::Command,
};

use serde_json::Value;

const SERVICES: [&str; 3] = ["cookie-svc", "session-svc", "token-svc"];

/// What a service would need in order to answer HTTP, draw a page or keep an account by itself.
const NOT_FOR_A_SERVICE: [&str; 6] = ["axum", "http", "hyper", "maud", "tower", "tower-http"];

/// Crates by name, also those that a manifest renames.
type Names = BTreeSet<String>;

/// Each crate of the workspace, with the crates that its manifest names.
struct Workspace(BTreeMap<String, Names>);

#[test]
fn these_rules_speak_of_every_crate_of_the_workspace() {
    let known =
        ["authlab-client", "authlab-conformance", "authlab-fleet", "authlab-terminal", "benches", "lab", "shared"]
            .into_iter()
            .chain(SERVICES)
            .map(String::from)
            .collect::<Names>();
    assert_eq!(Workspace::read().members(), known, "a new crate needs its place among the import rules");
}

#[test]
fn shared_imports_none_of_ours() {
    assert_eq!(Workspace::read().ours("shared"), Names::new());
}

#[test]
fn a_service_imports_shared_alone_of_ours() {
    let workspace = Workspace::read();
    for service in SERVICES {
        assert_eq!(workspace.ours(service), Names::from(["shared".into()]), "{service}");
    }
}

#[test]
fn a_service_knows_neither_http_nor_html() {
    let workspace = Workspace::read();
    for service in SERVICES {
        for unwanted in NOT_FOR_A_SERVICE {
            assert!(!workspace.imports(service).contains(unwanted), "{service} names {unwanted}: shared's business");
        }
    }
}

#[test]
fn only_services_that_keep_state_in_sql_name_it_and_the_benches_that_measure_it() {
    let importers = ["benches", "session-svc", "shared", "token-svc"].map(String::from);
    assert_eq!(Workspace::read().importers("sqlx"), Names::from(importers));
}

#[test]
fn the_client_imports_none_of_ours() {
    assert_eq!(Workspace::read().ours("authlab-client"), Names::new(), "it reads the contract as any client would");
}

#[test]
fn nobody_imports_the_benches_and_they_alone_the_lab() {
    let workspace = Workspace::read();
    assert_eq!(workspace.importers("benches"), Names::new());
    // What they measure, the lab reports: the format of the results is its own.
    assert_eq!(workspace.importers("lab"), Names::from(["benches".into()]));
}

#[test]
fn only_the_token_service_and_the_benches_name_the_jwt_crate() {
    let mut importers = Workspace::read().importers("jsonwebtoken");
    // They may time it by itself, as the yardstick for the service.
    importers.remove("benches");
    assert_eq!(importers, Names::from(["token-svc".into()]));
}

impl Workspace {
    fn read() -> Self {
        // What cargo itself is called here, where the tests run under it.
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // The manifests say it all; without the graph behind them cargo asks neither the lock file nor the network.
        let output = Command::new(cargo)
            .args(["metadata", "--format-version", "1", "--no-deps", "--manifest-path"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
        let members = listed(&metadata["packages"]).iter();
        Self(members.map(|member| (name(member), names(&member["dependencies"]))).collect())
    }

    fn members(&self) -> Names {
        self.0.keys().cloned().collect()
    }

    fn imports(&self, member: &str) -> &Names {
        &self.0[member]
    }

    /// Those of its imports that are crates of this workspace.
    fn ours(&self, member: &str) -> Names {
        self.imports(member).intersection(&self.members()).cloned().collect()
    }

    fn importers(&self, imported: &str) -> Names {
        self.0.iter().filter(|(_, imports)| imports.contains(imported)).map(|(member, _)| member.clone()).collect()
    }
}

fn names(packages: &Value) -> Names {
    listed(packages).iter().map(name).collect()
}

fn name(package: &Value) -> String {
    package["name"].as_str().expect("a package has a name").into()
}

fn listed(value: &Value) -> &[Value] {
    value.as_array().expect("cargo metadata lists packages")
}
