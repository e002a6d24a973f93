//! Whether the programs that `AUTHLAB_REQUIRE` lists are installed on this machine.
//!
//! A test is skipped if a program is missing. In CI a broken installation would then pass unnoticed. With this variable
//! the tests below fail instead.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const KNOWN: [&str; 12] = [
    "redis",
    "postgres",
    "pgbouncer",
    "django",
    "jwt",
    "docker",
    "browser",
    "schemathesis",
    "prometheus",
    "faketime",
    "former",
    "proxies",
];

/// The path or version of a program, or what was not found.
type Found = Result<String, String>;

#[test]
fn redis_is_here_if_it_is_required() {
    is_here_if_it_is_required("redis", redis());
}

#[test]
fn postgres_is_here_if_it_is_required() {
    is_here_if_it_is_required("postgres", postgres());
}

#[test]
fn pgbouncer_is_here_if_it_is_required() {
    is_here_if_it_is_required("pgbouncer", pgbouncer());
}

#[test]
fn django_is_here_if_it_is_required() {
    is_here_if_it_is_required("django", django());
}

#[test]
fn the_jwt_libraries_are_here_if_they_are_required() {
    is_here_if_it_is_required("jwt", jwt());
}

#[test]
fn docker_is_here_if_it_is_required() {
    is_here_if_it_is_required("docker", docker());
}

#[test]
fn a_browser_is_here_if_it_is_required() {
    is_here_if_it_is_required("browser", browser());
}

#[test]
fn schemathesis_is_here_if_it_is_required() {
    is_here_if_it_is_required("schemathesis", schemathesis());
}

#[test]
fn prometheus_is_here_if_it_is_required() {
    is_here_if_it_is_required("prometheus", on_the_path("promtool"));
}

#[test]
fn the_proxies_are_here_if_they_are_required() {
    let missing: Vec<_> = ["/usr/sbin/nginx", "/usr/bin/caddy", "/usr/sbin/haproxy"]
        .into_iter()
        .filter(|program| !Path::new(program).is_file())
        .collect();
    let found = if missing.is_empty() { Ok("nginx, Caddy and HAProxy".to_owned()) } else { Err(missing.join(", ")) };
    is_here_if_it_is_required("proxies", found);
}

#[test]
fn libfaketime_is_here_if_it_is_required() {
    is_here_if_it_is_required("faketime", on_the_path("faketime"));
}

#[test]
fn the_former_version_is_here_if_it_is_required() {
    is_here_if_it_is_required("former", former());
}

#[test]
fn nothing_unknown_is_required() {
    for name in required() {
        assert!(KNOWN.contains(&name.as_str()), "AUTHLAB_REQUIRE lists {name}; it may list {}", KNOWN.join(", "));
    }
}

fn is_here_if_it_is_required(name: &str, found: Found) {
    if required().iter().any(|listed| listed == name) {
        found.unwrap_or_else(|missing| panic!("AUTHLAB_REQUIRE lists {name}, but it is not installed: {missing}"));
        return;
    }
    let here = found.unwrap_or_else(|missing| format!("not here, {missing}"));
    let line = format!("SKIPPED: AUTHLAB_REQUIRE does not list {name} ({here})\n");
    // This writes to stderr directly, because the test harness captures the output of passing tests. One write keeps
    // the line whole, since tests run in parallel.
    let _ = io::stderr().write_all(line.as_bytes());
}

fn required() -> Vec<String> {
    let listed = env::var("AUTHLAB_REQUIRE").unwrap_or_default();
    listed.split(',').map(str::trim).filter(|name| !name.is_empty()).map(String::from).collect()
}

fn redis() -> Found {
    on_the_path("redis-server")
}

/// Debian installs the server's programs outside `PATH`, in one folder per release.
fn postgres() -> Found {
    let releases = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = releases.map(|release| release.path().join("bin/initdb")).find(|file| file.is_file());
    debian.map_or_else(
        || on_the_path("initdb").map_err(|missing| format!("{missing}, nor under /usr/lib/postgresql")),
        |file| Ok(file.display().to_string()),
    )
}

/// Debian installs PgBouncer in `/usr/sbin`, which is not in every user's `PATH`.
fn pgbouncer() -> Found {
    answer("/usr/sbin/pgbouncer", &["--version"]).or_else(|_| on_the_path("pgbouncer"))
}

fn django() -> Found {
    let python = python()?;
    let version = answer(&python, &["-c", "import django; print(django.__version__)"])?;
    Ok(format!("Django {version} in {}", python.display()))
}

/// The libraries that read our tokens, and OpenSSL, which makes their keys.
fn jwt() -> Found {
    let (python, openssl) = (python()?, on_the_path("openssl")?);
    let versions = "import authlib, cryptography, joserfc, jwt, requests; \
                    print('PyJWT', jwt.__version__, 'joserfc', joserfc.__version__, 'Authlib', authlib.__version__)";
    Ok(format!("{} in {}, and {openssl}", answer(&python, &["-c", versions])?, python.display()))
}

fn schemathesis() -> Found {
    let program = python()?.with_file_name("schemathesis");
    answer(&program, &["--version"])
}

/// `AUTHLAB_PYTHON`, or the interpreter that `.ci/tools` makes.
fn python() -> Result<PathBuf, String> {
    let made = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache/authlab/venv/bin/python"));
    let python = env::var_os("AUTHLAB_PYTHON").map(PathBuf::from).or_else(made);
    python.ok_or_else(|| "no AUTHLAB_PYTHON and no HOME".to_owned())
}

/// The former version, built by `.ci/former`.
fn former() -> Found {
    let home = PathBuf::from(env::var_os("HOME").ok_or("no HOME")?);
    let folder = home.join(".cache/authlab/former/604c809");
    for service in ["cookie-svc", "session-svc", "token-svc"] {
        answer(folder.join(service), &["--version"])?;
    }
    Ok(format!("the services of 604c809 in {}", folder.display()))
}

fn docker() -> Found {
    let version = answer("docker", &["version", "--format", "{{.Server.Version}}"])?;
    Ok(format!("an engine of version {version} answers"))
}

/// chromedriver also needs a browser.
fn browser() -> Found {
    let driver = on_the_path("chromedriver")?;
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let chrome = names.into_iter().find_map(|name| on_the_path(name).ok()).ok_or("no Chromium in PATH")?;
    Ok(format!("{driver} and {chrome}"))
}

fn on_the_path(program: &str) -> Found {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    found.map(|file| file.display().to_string()).ok_or_else(|| format!("no {program} in PATH"))
}

/// The output of a program, if it exits with success.
fn answer(program: impl AsRef<Path>, arguments: &[&str]) -> Found {
    let program = program.as_ref();
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().into())
    } else {
        Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&output.stderr).trim()))
    }
}
