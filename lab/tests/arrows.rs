//! Who may import whom, asked of `cargo metadata`: what ARCHITECTURE.md draws is what the manifests say.
//!
//! Dependencies of tests and build scripts count as well, so that a rule needs no second reading.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Component, Path, PathBuf},
    process::Command,
};

use serde_json::Value;

const SERVICES: [&str; 3] = ["cookie-svc", "session-svc", "token-svc"];

/// The crates in the folder of `lab`.
const UNDER_LAB: [&str; 7] = [
    "authlab-attacks",
    "authlab-client",
    "authlab-fleet",
    "authlab-report",
    "authlab-results",
    "authlab-terminal",
    "authlab-test-support",
];

/// What a service would need in order to answer HTTP, draw a page or keep an account by itself.
const NOT_FOR_A_SERVICE: [&str; 6] = ["axum", "http", "hyper", "maud", "tower", "tower-http"];

/// Crates by name, also those that a manifest renames.
type Names = BTreeSet<String>;

/// Each crate of the workspace, with the crates that its manifest names; and the folders of the crates.
struct Workspace(BTreeMap<String, Names>, Vec<PathBuf>);

#[test]
fn these_rules_speak_of_every_crate_of_the_workspace() {
    let known = ["benches", "lab", "shared"].into_iter().chain(SERVICES).chain(UNDER_LAB);
    let known = known.map(String::from).collect::<Names>();
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
fn no_crate_imports_the_benches_or_the_lab() {
    let workspace = Workspace::read();
    for program in ["benches", "lab"] {
        assert_eq!(workspace.importers(program), Names::new(), "{program}");
    }
}

#[test]
fn the_report_knows_results_only_and_results_and_test_support_no_crate_of_ours() {
    let workspace = Workspace::read();
    assert_eq!(workspace.ours("authlab-report"), Names::from(["authlab-results".into()]));
    for leaf in ["authlab-results", "authlab-test-support"] {
        assert_eq!(workspace.ours(leaf), Names::new(), "{leaf}");
    }
}

/// A file that the compiler reads belongs to its crate. Tests read files of other folders when they run.
#[test]
fn a_crate_includes_files_of_its_own_folder_only() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("");
    for member in Workspace::read().1 {
        for source in
            ["src", "tests", "benches", "examples"].into_iter().flat_map(|folder| sources(&member.join(folder)))
        {
            let text = fs::read_to_string(&source).expect("a source file is readable");
            for path in text.split("include_str!(\"").skip(1).filter_map(quoted) {
                let included = normalised(&source.with_file_name(path));
                let shown = source.strip_prefix(&workspace).unwrap_or(&source).display();
                assert!(
                    included.starts_with(&member),
                    "{shown} includes {path}, which belongs to no file of its crate"
                );
            }
        }
    }
}

/// The text before the next quotation mark.
fn quoted(text: &str) -> Option<&str> {
    text.split_once('"').map(|(text, _)| text)
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let found = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// Without `..`.
fn normalised(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            normal.pop();
        } else {
            normal.push(part);
        }
    }
    normal
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
        let members = listed(&metadata["packages"]);
        let folder =
            |member: &Value| PathBuf::from(member["manifest_path"].as_str().unwrap_or_default()).with_file_name("");
        let imports = members.iter().map(|member| (name(member), names(&member["dependencies"])));
        Self(imports.collect(), members.iter().map(folder).collect())
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
