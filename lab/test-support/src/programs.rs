//! Where programs are, and the user that PostgreSQL's programs run as.

use std::{
    env, fs, io,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::Command,
};

/// The program of this name in `PATH`.
pub fn on_the_path(program: &str) -> Option<PathBuf> {
    path().into_iter().map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The Python interpreter that `AUTHLAB_PYTHON` names, else the one that `.ci/tools` installs.
pub fn python() -> Option<PathBuf> {
    let installed = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache/authlab/venv/bin/python"));
    env::var_os("AUTHLAB_PYTHON").map(PathBuf::from).or_else(installed)
}

/// The folder of PostgreSQL's server programs: Debian's, or one in `PATH`.
pub fn postgres_programs() -> Option<PathBuf> {
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|found| found.path().join("bin"));
    debian.chain(path()).find(|folder| folder.join("initdb").is_file())
}

/// PgBouncer's program. Debian installs it in `/usr/sbin`, which is not in every user's `PATH`.
pub fn pgbouncer() -> Option<PathBuf> {
    let debian = Some(PathBuf::from("/usr/sbin/pgbouncer")).filter(|program| program.is_file());
    on_the_path("pgbouncer").or(debian)
}

fn path() -> Vec<PathBuf> {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect()
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

/// PostgreSQL refuses to run as root. Debian's package creates the user `postgres` for it.
pub(crate) fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program).current_dir("/");
    command
}

/// Gives a file or a folder to the user `postgres`. Other users cannot read it.
pub(crate) fn hand_to_postgres(path: &Path) -> io::Result<()> {
    if is_root() {
        let id = |flag| -> io::Result<u32> {
            let output = Command::new("id").args([flag, "postgres"]).output()?;
            let id = String::from_utf8_lossy(&output.stdout).trim().parse();
            id.map_err(|_| io::Error::other("PostgreSQL cannot run as root, and the user `postgres` is missing"))
        };
        chown(path, Some(id("-u")?), Some(id("-g")?))?;
    }
    let mode = if path.is_dir() { 0o700 } else { 0o600 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// Runs a program to its end and returns its standard output. The error is all that it wrote.
pub(crate) fn done(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(io::Error::other(text + &String::from_utf8_lossy(&output.stderr)))
    }
}
