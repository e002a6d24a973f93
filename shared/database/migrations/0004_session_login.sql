-- Which login of which account is in which session: an index of the logins in `django_session`, so that an account's logins can
-- be listed and ended. A login that stands in a session and not here has ended. Instants are seconds since the epoch.
CREATE TABLE session_login (
    id TEXT NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL,
    session_key TEXT NOT NULL UNIQUE,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX session_login_account ON session_login (account);
CREATE INDEX session_login_last_seen_at ON session_login (last_seen_at);
