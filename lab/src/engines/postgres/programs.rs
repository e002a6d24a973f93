//! PostgreSQL's programs, and the user that runs them.

use std::{
    env, fs, io,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::Command,
};

/// The folder of the server's programs: Debian's folder, or one on the path.
pub(super) fn programs() -> Option<PathBuf> {
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|found| found.path().join("bin"));
    debian.chain(on_the_path()).find(|folder| folder.join("initdb").is_file())
}

/// PgBouncer's path; Debian installs it in `/usr/sbin`.
pub(super) fn pgbouncer() -> Option<PathBuf> {
    let folders = on_the_path().into_iter().chain(["/usr/sbin".into()]);
    folders.map(|folder| folder.join("pgbouncer")).find(|program| program.is_file())
}

fn on_the_path() -> Vec<PathBuf> {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect()
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

/// PostgreSQL refuses to run as root, so Debian's user `postgres` runs it.
pub(super) fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program).current_dir("/");
    command
}

/// Gives a file or a folder to the user `postgres`, readable only for that user.
pub(super) fn hand_to_postgres(path: &Path) -> io::Result<()> {
    if is_root() {
        let id = |flag| -> io::Result<u32> {
            let output = Command::new("id").args([flag, "postgres"]).output()?;
            let id = String::from_utf8_lossy(&output.stdout).trim().parse();
            id.map_err(|_| io::Error::other("PostgreSQL refuses to run as root, and the user `postgres` does not exist; create it, or run as another user"))
        };
        chown(path, Some(id("-u")?), Some(id("-g")?))?;
    }
    let mode = if path.is_dir() { 0o700 } else { 0o600 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// Runs a program to its end. If it fails, the error contains its output.
pub(super) fn done(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
