//! How to reach a database: URL, password and certificates.

use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr as _,
};

use authlab_secrets::Secret;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::any::AnyConnectOptions;

use super::DatabaseError;

/// Where the database is, and how to connect to it.
#[derive(Clone, Debug)]
pub struct Access {
    /// May hold a password.
    pub url: Secret,
    /// `DATABASE_CA`: a PEM file with the certificate authorities that the certificate of a PostgreSQL server is checked against.
    pub authorities: Option<PathBuf>,
    /// Whether a statement is prepared once per connection and reused. A pooler that gives each transaction another server connection
    /// loses prepared statements.
    pub prepared_statements: bool,
}

impl Access {
    /// Access to this URL with default settings.
    pub fn new(url: &str) -> Self {
        Self { url: Secret::new(url), authorities: None, prepared_statements: true }
    }

    pub(super) fn is_postgres(&self) -> bool {
        let url = self.url.expose();
        url.starts_with("postgres:") || url.starts_with("postgresql:")
    }

    /// The URL with everything that the driver reads from it.
    pub(super) fn postgres_options(&self) -> Result<AnyConnectOptions, DatabaseError> {
        let mut options = AnyConnectOptions::from_str(self.url.expose()).map_err(DatabaseError::Connect)?;
        if let Some(file) = &self.authorities {
            check(file)?;
            let asked = options.database_url.query_pairs().find(|(name, _)| name == "sslmode" || name == "ssl-mode");
            let asked = asked.map(|(_, mode)| mode.into_owned());
            let mut parameters = options.database_url.query_pairs_mut();
            match asked.as_deref() {
                None => _ = parameters.append_pair("sslmode", "verify-full"),
                Some("verify-ca" | "verify-full") => {}
                Some(_) => return Err(DatabaseError::Unchecked),
            }
            parameters.append_pair("sslrootcert", &file.to_string_lossy());
        }
        if !self.prepared_statements {
            options.database_url.query_pairs_mut().append_pair("statement-cache-capacity", "0");
        }
        Ok(options)
    }
}

/// The driver would report a missing file only at the first connection, and would take an empty file for "trust the public
/// authorities".
fn check(authorities: &Path) -> Result<(), DatabaseError> {
    let problem = match fs::read_to_string(authorities) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => return Ok(()),
        Ok(_) => "it holds no certificate in PEM".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(DatabaseError::Authorities { file: authorities.to_owned(), problem })
}

/// The URL with the password from this file inserted after the user.
pub fn with_password(url: &str, file: &Path) -> Result<Secret, String> {
    let password = fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let password = utf8_percent_encode(password.trim_end(), NON_ALPHANUMERIC);
    let (scheme, rest) =
        url.split_once("://").ok_or("DATABASE_URL must look like `postgres://USER@HOST/NAME` to take a password")?;
    let (user, place) = rest.split_once('@').ok_or("DATABASE_URL names no user")?;
    if user.contains(':') {
        return Err("DATABASE_URL already contains a password; set only one of the two".to_owned());
    }
    Ok(Secret::new(format!("{scheme}://{user}:{password}@{place}")))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Access, with_password};
    use crate::DatabaseError;

    fn joined(url: &str, password: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        fs::write(&file, password).unwrap();
        with_password(url, &file).map(|url| url.expose().to_owned())
    }

    #[test]
    fn a_password_from_a_file_stands_behind_the_user() {
        let url = joined("postgres://app@db:5432/app", "p@ss/word\n").unwrap();
        assert_eq!(url, "postgres://app:p%40ss%2Fword@db:5432/app");
    }

    #[test]
    fn a_url_that_takes_no_password_is_refused_with_a_sentence_that_does_not_repeat_it() {
        for url in ["sqlite:authlab.sqlite3", "postgres://db/app", "postgres://app:given@db/app"] {
            let refusal = joined(url, "secret").unwrap_err();
            assert!(!refusal.contains("secret") && !refusal.contains("given"), "{refusal}");
        }
    }

    /// The options of a connection whose file of authorities holds this text; `None`: there is no such file.
    fn checked_against(authorities: Option<&str>, url: &str) -> Result<String, DatabaseError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        if let Some(text) = authorities {
            fs::write(&file, text).unwrap();
        }
        let access = Access { authorities: Some(file), ..Access::new(url) };
        access.postgres_options().map(|options| options.database_url.query().unwrap_or_default().to_owned())
    }

    #[test]
    fn certificates_are_always_checked_against_the_file_that_is_given() {
        let asked =
            |mode: &str| checked_against(Some("-----BEGIN CERTIFICATE-----\n"), &format!("postgres://db/app{mode}"));
        assert!(asked("").unwrap().contains("sslmode=verify-full"));
        assert!(asked("?sslmode=verify-ca").unwrap().starts_with("sslmode=verify-ca&sslrootcert="));
        for mode in ["disable", "prefer", "require"] {
            assert!(matches!(asked(&format!("?sslmode={mode}")), Err(DatabaseError::Unchecked)), "{mode}");
        }
    }

    #[test]
    fn a_file_without_certificates_is_refused() {
        for authorities in [None, Some("")] {
            let refused = checked_against(authorities, "postgres://db/app");
            assert!(matches!(refused, Err(DatabaseError::Authorities { .. })), "{authorities:?}");
        }
    }
}
