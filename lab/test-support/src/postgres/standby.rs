//! A standby server, and a switchover.

use std::{fs, io, io::Write as _, path::Path};

use rustix::process::{Pid, Signal, kill_process};

use super::{
    super::programs::{as_postgres, done, hand_to_postgres},
    Postgres,
};

impl Postgres {
    /// A standby of this server, which answers reads.
    pub async fn standby(&self) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        hand_to_postgres(folder.path())?;
        let mut copy = as_postgres(&self.programs.join("pg_basebackup"));
        copy.args(["-h", "127.0.0.1", "-U", "postgres", "--checkpoint=fast", "--no-sync", "--write-recovery-conf"]);
        copy.args(["-p", &self.port.to_string(), "--pgdata"]).arg(folder.path().join("data"));
        done(&mut copy)?;
        Self::run_in(folder, self.programs.clone(), Vec::new()).await
    }

    /// Stops this primary cleanly, promotes its standby, and starts this server again as the standby of the new
    /// primary.
    pub async fn switch_over_to(&mut self, standby: &Self) -> io::Result<()> {
        let _ = kill_process(Pid::from_child(&self.child), Signal::INT);
        self.child.wait()?;
        standby.ask("SELECT pg_promote()")?;
        let data = self.folder.path().join("data");
        follow(&data, standby.port)?;
        self.start_again().await
    }
}

/// Turns a stopped server into a standby.
fn follow(data: &Path, primary: u16) -> io::Result<()> {
    let signal = data.join("standby.signal");
    fs::write(&signal, "")?;
    hand_to_postgres(&signal)?;
    let mut settings = fs::OpenOptions::new().append(true).open(data.join("postgresql.auto.conf"))?;
    writeln!(settings, "primary_conninfo = 'host=127.0.0.1 port={primary} user=postgres'")
}
