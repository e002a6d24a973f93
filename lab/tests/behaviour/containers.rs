//! Features for containers: a health check, a shared secret, and the page without the services.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use authlab_client::{Client, request::Request, target::Target};

use super::support::authlab::Authlab;

fn lab(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lab"));
    command.env_clear().args(arguments);
    command
}

fn made(file: &Path) -> Output {
    lab(&["secret"]).arg(file).output().unwrap()
}

/// A page without services; its process is killed on drop.
struct Page(Child);

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_program_that_answers_is_well_and_one_that_does_not_is_said_to_be_silent() {
    let authlab = Authlab::start(&[]);
    let port = authlab.page.authority().rsplit_once(':').unwrap().1.to_owned();
    let well = lab(&["healthcheck", "--bind", "0.0.0.0", "--lab-port", &port]).output().unwrap();
    assert!(well.status.success(), "{well:?}");
    drop(authlab);
    let silent = lab(&["healthcheck", "--lab-port", &port]).output().unwrap();
    assert_eq!(silent.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&silent.stderr).contains("does not answer"), "{silent:?}");
}

#[test]
fn a_shared_secret_is_made_once_and_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    let first = made(&file);
    assert!(first.status.success(), "{first:?}");
    let secret = std::fs::read_to_string(&file).unwrap();
    assert_eq!(secret.trim_end().len(), 64, "256 bits in hex");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o444);
    let second = made(&file);
    assert!(second.status.success(), "{second:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), secret);
    for output in [first, second] {
        assert!(!String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).contains(&secret));
    }
}

#[tokio::test]
async fn the_page_alone_links_to_where_browsers_find_the_services() {
    let authlab = Authlab::start(&[]);
    let [target, ..] = authlab.services.as_slice() else { panic!("the lab runs services") };
    let (inside, outside) = (format!("svc={}", target.url()), "svc=http://127.0.0.9:81");
    let child = lab(&["page", "--lab-port", "0", "--target", &inside, "--public", outside])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut page = Page(child);
    let said = BufReader::new(page.0.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    let url = said.split_whitespace().find(|word| word.starts_with("http://")).unwrap().trim_end_matches(';');
    let mut browser = Client::new(Target::new("page", url).unwrap(), "test");
    let answer = browser.send(Request::get("/").from_a_browser()).await.unwrap();
    assert_eq!(answer.status, 200);
    let text = String::from_utf8_lossy(&answer.body);
    assert!(text.contains("http://127.0.0.9:81/login"), "{text}");
    assert!(!text.contains(&target.authority()), "a browser cannot reach the internal address");
}

/// Reads a file of the repository's root.
fn text(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

#[test]
fn the_example_explains_every_variable_that_compose_reads() {
    let example = text(".env.example");
    let explained: Vec<&str> =
        example.lines().filter_map(|line| Some(line.strip_prefix('#')?.split_once('=')?.0)).collect();
    let compose = text("compose.yaml") + &text("compose.scale.yaml");
    let filled_in = compose.split("${").skip(1).filter_map(|rest| rest.split([':', '}']).next());
    // Compose passes a variable without a value from its own environment.
    let handed_on = compose.lines().filter_map(|line| line.trim().strip_suffix(':'));
    let is_variable = |name: &&str| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let read: Vec<&str> = filled_in.chain(handed_on).filter(is_variable).collect();
    assert!(read.contains(&"LAB_PORT") && read.contains(&"REVOCATION"), "{read:?}");
    for name in read {
        assert!(explained.contains(&name), "{name} is not explained in .env.example");
    }
}

#[test]
fn every_setting_of_the_manifests_is_a_setting() {
    let help = String::from_utf8(lab(&["--help"]).output().unwrap().stdout).unwrap();
    let settings = text("deploy/kubernetes/settings.yaml");
    let (_, data) = settings.split_once("\ndata:\n").unwrap();
    let names: Vec<&str> = data.lines().filter_map(|line| Some(line.trim().split_once(": ")?.0)).collect();
    assert!(names.len() > 5, "{names:?}");
    // The lab has one port setting for each service instead of `PORT`.
    for name in names.into_iter().filter(|name| *name != "PORT" && !name.starts_with('#')) {
        let explained = ['=', ']'].iter().any(|end| help.contains(&format!("[env: {name}{end}")));
        assert!(explained, "{name} is not a setting");
    }
}
