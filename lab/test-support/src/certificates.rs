//! A certificate for servers on this machine, signed by a temporary authority.

use std::{fs, io, path::Path, process::Command};

use super::programs::done;

/// Creates `authority.pem`, `server.pem` and `server.key` in the folder, with `openssl`.
pub fn certify(folder: &Path) -> io::Result<()> {
    fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost")?;
    for arguments in [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority -keyout authority.key -out authority.pem",
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout server.key -out server.csr",
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names -out server.pem",
    ] {
        done(Command::new("openssl").current_dir(folder).args(arguments.split(' ')))?;
    }
    Ok(())
}
