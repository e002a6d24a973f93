//! Whether the programs that `AUTHLAB_REQUIRE` lists are installed on this machine.
//!
//! A test is skipped if a program is missing. In CI a broken installation would then pass unnoticed. With this variable
//! the tests below fail instead.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use authlab_test_support::{on_the_path, pgbouncer, postgres_programs, python, required};

/// Why something was not found.
type Found = Result<(), String>;

type Find = fn() -> Found;

/// The names that `AUTHLAB_REQUIRE` may list, and how each is looked for.
const KNOWN: [(&str, Find); 12] = [
    ("redis", || in_path("redis-server")),
    ("postgres", || {
        postgres_programs().map(drop).ok_or("no initdb, neither in PATH nor under /usr/lib/postgresql".into())
    }),
    ("pgbouncer", || pgbouncer().map(drop).ok_or("no pgbouncer, neither in PATH nor in /usr/sbin".into())),
    ("django", || runs(interpreter()?, &["-c", "import django"])),
    ("jwt", jwt),
    ("docker", || runs("docker", &["version", "--format", "{{.Server.Version}}"])),
    ("browser", browser),
    ("schemathesis", || runs(interpreter()?.with_file_name("schemathesis"), &["--version"])),
    ("prometheus", || in_path("promtool")),
    ("faketime", || in_path("faketime")),
    ("former", former),
    ("proxies", proxies),
];

#[test]
fn everything_that_is_required_is_installed() {
    let required = required();
    let missing: Vec<String> = KNOWN
        .iter()
        .filter(|(name, _)| required.iter().any(|listed| listed == name))
        .filter_map(|(name, find)| find().err().map(|why| format!("{name} is not installed: {why}")))
        .collect();
    assert!(missing.is_empty(), "AUTHLAB_REQUIRE lists what is missing:\n{}", missing.join("\n"));
}

#[test]
fn nothing_unknown_is_required() {
    let known = KNOWN.map(|(name, _)| name);
    for name in required() {
        assert!(known.contains(&name.as_str()), "AUTHLAB_REQUIRE lists {name}; it may list {}", known.join(", "));
    }
}

/// The libraries that read our tokens, and OpenSSL, which makes their keys.
fn jwt() -> Found {
    in_path("openssl")?;
    runs(interpreter()?, &["-c", "import authlib, cryptography, joserfc, jwt, requests"])
}

/// The former version, built by `.ci/former`.
fn former() -> Found {
    let home = PathBuf::from(env::var_os("HOME").ok_or("no HOME")?);
    let folder = home.join(".cache/authlab/former/604c809");
    ["cookie-svc", "session-svc", "token-svc"].into_iter().try_for_each(|name| runs(folder.join(name), &["--version"]))
}

/// chromedriver also needs a browser.
fn browser() -> Found {
    in_path("chromedriver")?;
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    names.into_iter().find_map(|name| in_path(name).ok()).ok_or("no Chromium in PATH".into())
}

fn proxies() -> Found {
    let programs = ["/usr/sbin/nginx", "/usr/bin/caddy", "/usr/sbin/haproxy"];
    let missing = programs.into_iter().find(|program| !Path::new(program).is_file());
    missing.map_or(Ok(()), |program| Err(format!("no {program}")))
}

fn interpreter() -> Result<PathBuf, String> {
    python().ok_or("no AUTHLAB_PYTHON and no HOME".into())
}

/// The output of a program, if it exits with success.
fn in_path(program: &str) -> Found {
    on_the_path(program).map(drop).ok_or(format!("no {program} in PATH"))
}

/// Whether a program succeeds.
fn runs(program: impl AsRef<Path>, arguments: &[&str]) -> Found {
    let program = program.as_ref();
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{}: {error}", program.display()))?;
    let failure = || format!("{}: {}", program.display(), String::from_utf8_lossy(&output.stderr).trim());
    if output.status.success() { Ok(()) } else { Err(failure()) }
}
