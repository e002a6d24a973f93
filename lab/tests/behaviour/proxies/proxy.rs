//! A proxy process with the shipped configuration; only addresses and folders are replaced.

use std::{
    fs::{self, File},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use authlab_client::target::Target;
use authlab_test_support::{free_port, missing};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::target;
use crate::support::service::Service;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Nginx,
    Caddy,
    HaProxy,
}

/// A running proxy, stopped on drop.
#[derive(Debug)]
pub(crate) struct Proxy {
    child: Child,
    targets: Vec<Target>,
    folder: TempDir,
}

impl Proxy {
    /// In front of these services. Returns `None` and reports a skipped test if the program is not installed.
    pub(super) async fn start(kind: Kind, services: &[Service]) -> Option<Self> {
        let ports: Vec<u16> = services.iter().map(|_| free_port().unwrap()).collect();
        let targets = services.iter().zip(&ports).map(|(service, port)| target(&service.target.name, *port)).collect();
        Self::start_with(kind, targets, |folder| configuration(kind, services, &ports, folder)).await
    }

    /// With a configuration that keeps files in the given folder and listens at the targets.
    pub(crate) async fn start_with(
        kind: Kind,
        targets: Vec<Target>,
        configuration: impl FnOnce(&Path) -> String,
    ) -> Option<Self> {
        let Some(program) = kind.program() else {
            missing("proxies");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let configured = folder.path().join(kind.file().rsplit('/').next().unwrap());
        fs::write(&configured, configuration(folder.path())).unwrap();
        let said = File::create(folder.path().join("said")).unwrap();
        let child = Command::new(program)
            .args(kind.arguments(&configured, folder.path()))
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(said.try_clone().unwrap())
            .stderr(said)
            .spawn()
            .unwrap();
        let mut proxy = Self { child, targets, folder };
        for target in proxy.targets() {
            proxy.listens(&target).await;
        }
        Some(proxy)
    }

    pub(crate) fn targets(&self) -> Vec<Target> {
        self.targets.clone()
    }

    /// The output of the proxy so far.
    fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("said")).unwrap()
    }

    async fn listens(&mut self, target: &Target) {
        for _ in 0..500 {
            if TcpStream::connect(target.authority()).is_ok() {
                return;
            }
            assert!(self.child.try_wait().unwrap().is_none(), "the proxy did not start: {}", self.said());
            // Another process can only be polled.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the proxy did not listen within 10 seconds: {}", self.said());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // SIGTERM lets the proxy stop its worker processes too.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

impl Kind {
    fn program(self) -> Option<PathBuf> {
        let name = match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::HaProxy => "haproxy",
        };
        // Debian installs servers in `/usr/sbin`, which is not in every user's `PATH`.
        ["/usr/sbin", "/usr/bin", "/usr/local/bin"]
            .iter()
            .map(|folder| Path::new(folder).join(name))
            .find(|path| path.is_file())
    }

    /// The path below `deploy/`.
    fn file(self) -> &'static str {
        match self {
            Self::Nginx => "nginx/nginx.conf",
            Self::Caddy => "caddy/Caddyfile",
            Self::HaProxy => "haproxy/haproxy.cfg",
        }
    }

    fn arguments(self, file: &Path, folder: &Path) -> Vec<String> {
        let (file, folder) = (file.display().to_string(), folder.display().to_string());
        let owned = |arguments: &[&str]| arguments.iter().map(|&argument| argument.to_owned()).collect();
        match self {
            Self::Nginx => owned(&["-p", &folder, "-c", &file, "-g", "daemon off;"]),
            Self::Caddy => owned(&["run", "--config", &file, "--adapter", "caddyfile"]),
            Self::HaProxy => owned(&["-db", "-f", &file]),
        }
    }
}

/// The shipped configuration with other service addresses and proxy ports.
fn configuration(kind: Kind, services: &[Service], ports: &[u16], folder: &Path) -> String {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(kind.file());
    let mut text = fs::read_to_string(shipped).unwrap();
    for (at, (service, port)) in services.iter().zip(ports).enumerate() {
        let own = (8001 + at).to_string();
        let shipped = format!("{}:{own}", service.target.name);
        assert!(text.contains(&shipped), "the configuration of {kind:?} lacks {shipped}");
        text = text.replace(&shipped, "{service}").replace(&own, &port.to_string());
        text = text.replace("{service}", &service.target.authority());
    }
    text = text.replace("127.0.0.1:8080", &format!("127.0.0.1:{}", free_port().unwrap()));
    text.replace("/tmp/", &format!("{}/", folder.display()))
}
