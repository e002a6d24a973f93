//! What a database error means for other connections, and what an operator can do about it.
//!
//! The marks are global to the process, because an error is seen where its connection is no longer known. All services of a process
//! share the database. An unneeded mark costs new connections, but fails no request.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::Error;

/// The maximum age of a connection. When a DNS name or proxy switches servers, a pool uses the old server for this long at most.
pub(super) const MAX_AGE: Duration = Duration::from_mins(5);
/// How long connections are pinged before reuse after a statement was given up.
const SUSPICION_TIME: Duration = Duration::from_secs(10);

static BEGINNING: LazyLock<Instant> = LazyLock::new(authlab_telemetry::now);
/// When a server last returned an error that concerns all its connections.
static REFUSED: Mark = Mark::new();
/// When a statement was last given up.
static GIVEN_UP: Mark = Mark::new();

/// The time of the last event, in milliseconds since [`BEGINNING`].
struct Mark(AtomicI64);

impl Mark {
    const fn new() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }

    fn set(&self) {
        self.0.fetch_max(milliseconds(BEGINNING.elapsed()), Ordering::Relaxed);
    }

    fn is_within(&self, time: Duration) -> bool {
        milliseconds(BEGINNING.elapsed()).saturating_sub(milliseconds(time)) <= self.0.load(Ordering::Relaxed)
    }
}

/// A statement in progress. If it is dropped before its answer, its connection may never answer again.
pub(super) struct UnderWay(());

impl UnderWay {
    pub(super) fn begin() -> Self {
        Self(())
    }

    pub(super) fn answered(self) {
        std::mem::forget(self);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        GIVEN_UP.set();
    }
}

/// Whether a connection of this age may be used.
pub(super) fn is_usable(age: Duration) -> bool {
    age < MAX_AGE && !REFUSED.is_within(age)
}

/// Whether a connection may have died in silence.
pub(super) fn is_suspicious() -> bool {
    GIVEN_UP.is_within(SUSPICION_TIME)
}

/// Takes all existing connections out of use: their server takes no writes, or shuts down.
pub(super) fn refuse() {
    REFUSED.set();
}

/// Calls [`refuse`] if the error concerns more than its statement.
pub(super) fn note(error: &Error) {
    if code(error).is_some_and(|code| ends_connections(&code)) {
        refuse();
    }
}

/// 25006: the server has become a standby. 57P01 to 57P05: the server shuts down, or ends sessions. Class 08: the connection failed,
/// or the pooler's connection to the server.
fn ends_connections(code: &str) -> bool {
    matches!(code, "25006" | "57P01" | "57P02" | "57P03" | "57P04" | "57P05")
        || code.len() == 5 && code.starts_with("08")
}

/// The SQLSTATE that PostgreSQL gave.
pub(super) fn code(error: &Error) -> Option<String> {
    error.as_database_error()?.code().map(std::borrow::Cow::into_owned)
}

/// The error and its remedy.
#[derive(Debug, thiserror::Error)]
#[error("{error}; {remedy}")]
struct Explained {
    #[source]
    error: Error,
    remedy: &'static str,
}

pub(super) fn explained(error: Error) -> Box<dyn std::error::Error + Send + Sync> {
    match remedy(&error) {
        Some(remedy) => Explained { error, remedy }.into(),
        None => error.into(),
    }
}

/// What to do about an error that a setting or a database right solves.
pub(super) fn remedy(error: &Error) -> Option<&'static str> {
    if matches!(error, Error::Io(_) | Error::Tls(_)) && error.to_string().contains("certificate") {
        return Some(
            "DATABASE_CA must be a file with the certificate of the authority that signed the server's certificate, and DATABASE_URL must \
             name the server as its certificate does",
        );
    }
    let database = error.as_database_error()?;
    match &*database.code()? {
        "42P05" | "26000" => Some(
            "a pooler gives each transaction another connection of the server: set DATABASE_PREPARED_STATEMENTS=off",
        ),
        "42501" | "42P01" => Some(
            "run this service's command `migrate` with a role that may create tables, and give this role SELECT, INSERT, UPDATE \
             and DELETE on them",
        ),
        "25006" => Some("the server is a standby or read-only; DATABASE_URL must name the primary"),
        "08P01" if database.message().contains("extra_float_digits") => {
            Some("PgBouncer needs the line `ignore_startup_parameters = extra_float_digits`")
        }
        _ => None,
    }
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MAX_AGE, Mark, ends_connections, is_usable};

    #[test]
    fn a_mark_concerns_what_there_was_before_it() {
        let mark = Mark::new();
        assert!(!mark.is_within(MAX_AGE));
        mark.set();
        assert!(mark.is_within(Duration::from_secs(1)));
        std::thread::sleep(Duration::from_millis(10));
        assert!(!mark.is_within(Duration::from_millis(5)));
    }

    #[test]
    fn a_connection_has_a_greatest_age() {
        assert!(!is_usable(MAX_AGE));
    }

    #[test]
    fn errors_of_a_statement_end_no_connection() {
        for code in ["25006", "57P01", "57P03", "57P05", "08006", "08P01"] {
            assert!(ends_connections(code), "{code}");
        }
        for code in ["23505", "40001", "42P01", "57014", "5", "1555"] {
            assert!(!ends_connections(code), "{code}");
        }
    }
}
