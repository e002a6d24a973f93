//! A certificate for servers on this machine, signed by a temporary authority.

use std::{fs, io, path::Path, process::Command};

/// Creates `authority.pem`, `server.pem` and `server.key` in the folder.
pub(super) fn certify(folder: &Path) -> io::Result<()> {
    fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost")?;
    for arguments in [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority -keyout authority.key -out authority.pem",
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout server.key -out server.csr",
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names -out server.pem",
    ] {
        openssl(folder, arguments)?;
    }
    Ok(())
}

fn openssl(folder: &Path, arguments: &str) -> io::Result<()> {
    let output = Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}
