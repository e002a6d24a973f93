//! How a service process is started: program, settings and clock.

use std::{
    fs::File,
    path::PathBuf,
    process::{Command, Stdio},
    sync::Arc,
};

use tempfile::TempDir;

use super::{binaries::binary, former, instance::Instance, wall_clock::WallClock};

/// A `Launch` can be started several times.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) service: &'static str,
    program: PathBuf,
    settings: Vec<(String, String)>,
    wall_clock: WallClock,
}

impl Launch {
    /// Launches the program of this version.
    pub(crate) fn of(service: &'static str) -> Self {
        Self::program(service, binary(service))
    }

    /// Launches the program of the former version; `None` if it was not built.
    pub(crate) fn former(service: &'static str) -> Option<Self> {
        former::program(service).map(|program| Self::program(service, program))
    }

    fn program(service: &'static str, program: PathBuf) -> Self {
        // The proxy header gives each account its own client address: otherwise failed logins of one would throttle all
        // others.
        let settings = [("TRUSTED_PROXIES", "127.0.0.0/8"), ("AUTHLAB_CHEAP_PASSWORD_HASH", "1")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { service, program, settings, wall_clock: WallClock::Right }
    }

    /// Sets an environment variable and replaces an earlier value.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings.retain(|(set, _)| set != name);
        self.settings.push((name.to_owned(), value.into()));
        self
    }

    /// Hashes passwords at production cost, so that a login takes long.
    #[must_use]
    pub(crate) fn with_costly_passwords(mut self) -> Self {
        self.settings.retain(|(set, _)| set != "AUTHLAB_CHEAP_PASSWORD_HASH");
        self
    }

    #[must_use]
    pub(crate) fn at(mut self, wall_clock: WallClock) -> Self {
        self.wall_clock = wall_clock;
        self
    }

    /// Starts a process on a free port, without the environment of the test run, and waits until it is ready.
    pub(crate) async fn start(&self) -> Instance {
        self.start_in(Arc::new(tempfile::tempdir().unwrap())).await
    }

    /// Like [`start`](Self::start), with the data in this folder.
    pub(crate) async fn start_in(&self, folder: Arc<TempDir>) -> Instance {
        let log = folder.path().join(format!("log-{}", authlab_secrets::random::hex::<4>()));
        let output = File::create(&log).unwrap();
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .envs(self.settings.iter().cloned())
            .envs(self.wall_clock.environment())
            .args(["--port", "0", "--data-dir"])
            .arg(folder.path().join("data"))
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output);
        let child = command.spawn().expect("the service's program runs");
        Instance::ready(self.service, child, log, folder).await
    }
}
