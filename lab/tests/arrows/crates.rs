//! The order of crates, from their manifests.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    process::Command,
};

use serde_json::Value;

const SERVICES: [&str; 3] = ["cookie-svc", "session-svc", "token-svc"];

/// Libraries for HTTP and HTML.
const HTTP: [&str; 7] = ["axum", "http", "hyper", "hyper-util", "maud", "tower", "tower-http"];

/// Crates that a mechanism is built on. They know no HTTP, no command line and no OpenAPI.
const BELOW_THE_WEB: [&str; 11] = [
    "authlab-accounts",
    "authlab-client-network",
    "authlab-clock",
    "authlab-database",
    "authlab-django-signing",
    "authlab-endings",
    "authlab-mechanism",
    "authlab-redis",
    "authlab-secrets",
    "authlab-telemetry",
    "authlab-workers",
];

/// Crates by name, also those that a manifest renames.
type Names = BTreeSet<String>;

/// Each crate of the workspace, with the crates that its manifest names.
struct Workspace(BTreeMap<String, Names>);

#[test]
fn what_a_mechanism_is_built_on_knows_no_http_no_command_line_and_no_openapi() {
    let workspace = Workspace::read();
    for name in BELOW_THE_WEB {
        for unwanted in HTTP.into_iter().chain(["clap", "utoipa", "authlab-server", "authlab-web", "authlab-service"]) {
            assert!(!workspace.imports(name).contains(unwanted), "{name} names {unwanted}");
        }
    }
}

#[test]
fn a_service_cannot_name_http() {
    let workspace = Workspace::read();
    for service in SERVICES {
        for unwanted in HTTP.into_iter().chain(["authlab-server", "authlab-web"]) {
            assert!(!workspace.imports(service).contains(unwanted), "{service} names {unwanted}");
        }
        assert!(
            workspace.ours(service).iter().all(|name| name.starts_with("authlab-")),
            "{service} names another service"
        );
    }
}

#[test]
fn the_web_layer_is_reached_through_a_service_or_the_lab_only() {
    let workspace = Workspace::read();
    let expected = ["authlab-service", "benches", "lab"].map(String::from);
    assert!(workspace.importers("authlab-web").is_subset(&Names::from(expected)));
}

#[test]
fn the_signing_of_django_stands_on_no_crate_of_ours() {
    assert_eq!(Workspace::read().ours("authlab-django-signing"), Names::new());
}

#[test]
fn benches_and_lab_do_not_import_each_other() {
    let workspace = Workspace::read();
    assert_eq!(workspace.importers("benches"), Names::new());
    assert_eq!(workspace.importers("lab"), Names::new());
}

#[test]
fn only_crates_that_keep_state_in_sql_name_it_and_the_benches_that_measure_it() {
    let importers = ["authlab-accounts", "authlab-database", "authlab-endings", "benches", "session-svc", "token-svc"]
        .map(String::from);
    assert_eq!(Workspace::read().importers("sqlx"), Names::from(importers));
}

#[test]
fn only_the_token_service_and_the_benches_name_the_jwt_crate() {
    assert_eq!(Workspace::read().importers("jsonwebtoken"), Names::from(["benches".into(), "token-svc".into()]));
}

#[test]
fn no_crate_imports_itself_through_others() {
    let workspace = Workspace::read();
    for member in workspace.0.keys() {
        let (mut reached, mut open) = (Names::new(), vec![member.clone()]);
        while let Some(name) = open.pop() {
            open.extend(workspace.ours(&name).into_iter().filter(|next| reached.insert(next.clone())));
        }
        assert!(!reached.contains(member), "{member} imports itself through others");
    }
}

impl Workspace {
    fn read() -> Self {
        // Tests that cargo runs find its path here.
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // Manifests are enough: without the graph behind them cargo needs neither the lock file nor the network.
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

    fn imports(&self, member: &str) -> &Names {
        &self.0[member]
    }

    /// Those of its imports that are crates of this workspace.
    fn ours(&self, member: &str) -> Names {
        self.imports(member).iter().filter(|name| self.0.contains_key(*name)).cloned().collect()
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
