//! How a process of a service is started: which program, which settings, which clock.

use std::{
    fs::File,
    path::PathBuf,
    process::{Command, Stdio},
    sync::Arc,
};

use tempfile::TempDir;

use super::{binaries::binary, former, instance::Instance, wall_clock::WallClock};

/// The same settings can be started many times, also with other ones in between.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) service: &'static str,
    program: PathBuf,
    settings: Vec<(String, String)>,
    wall_clock: WallClock,
}

impl Launch {
    /// The program of this version.
    pub(crate) fn of(service: &'static str) -> Self {
        Self::program(service, binary(service))
    }

    /// The program of the former version; `None` where it was not built.
    pub(crate) fn former(service: &'static str) -> Option<Self> {
        former::program(service).map(|program| Self::program(service, program))
    }

    fn program(service: &'static str, program: PathBuf) -> Self {
        // Each account comes from an address of its own, or the failures of one would throttle all others.
        let settings = [("TRUSTED_PROXIES", "127.0.0.0/8"), ("AUTHLAB_CHEAP_PASSWORD_HASH", "1")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { service, program, settings, wall_clock: WallClock::Right }
    }

    /// With this environment variable, in place of an earlier one of that name.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings.retain(|(set, _)| set != name);
        self.settings.push((name.to_owned(), value.into()));
        self
    }

    /// With passwords hashed as in production, so that a login takes its time.
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

    /// A process on a free port, ready to answer, deaf to the environment of the test run.
    pub(crate) async fn start(&self) -> Instance {
        self.start_in(Arc::new(tempfile::tempdir().unwrap())).await
    }

    /// The same, with the data of this folder.
    pub(crate) async fn start_in(&self, folder: Arc<TempDir>) -> Instance {
        let said = folder.path().join(format!("said-{}", authlab_secrets::random::hex::<4>()));
        let output = File::create(&said).unwrap();
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
        Instance::announced(self.service, child, said, folder).await
    }
}
