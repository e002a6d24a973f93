//! Measures one password check with the services' argon2id parameters.

use std::io;

use authlab_accounts::{Share, hashing::PasswordHasher, password::Password};
use authlab_results::{self as results, Family, Metric, Point};
use authlab_secrets::Secret;
use tokio::runtime::Builder;

use super::record::Recorder;
use crate::cpu_time;

const TIMES: u32 = 12;

/// The CPU time of one check, in this process.
pub fn measure(record: &mut Recorder) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let hasher = PasswordHasher::new(1, 1);
    let password = || Secret::new("correct horse battery staple");
    let hash = runtime.block_on(hasher.hash(Share::Account(1), password())).map_err(io::Error::other)?;
    record.run.contenders.push(results::Contender {
        name: "argon2id".to_owned(),
        family: Family::Control,
        about: "one check of a password as every login makes it: argon2id, 19 MiB, two passes".to_owned(),
    });
    let at = Point::new("argon2id", "password");
    for _ in 0..TIMES {
        let before = cpu_time::spent();
        let fits = runtime
            .block_on(hasher.verify(Share::Account(1), Password::new(password()), Some(hash.clone())))
            .map_err(io::Error::other)?;
        let spent = cpu_time::spent().saturating_sub(before);
        assert!(fits.is_some(), "the password fits its own hash");
        record.push(0, Metric::ServerCpu, &at, spent.as_secs_f64() * 1e9);
    }
    Ok(())
}
