-- What was ended though no store keeps it: single logins, and all logins of an account up to an instant. Instants are
-- seconds since the epoch. `scope` keeps the mechanisms apart.
CREATE TABLE ended_login (
    scope TEXT NOT NULL,
    login TEXT NOT NULL,
    -- When it was written down; what each instance asks for.
    recorded_at BIGINT NOT NULL,
    -- When the credential would have ended by itself, and the row can go.
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (scope, login)
);
CREATE INDEX ended_login_recorded_at ON ended_login (recorded_at);
CREATE INDEX ended_login_expires_at ON ended_login (expires_at);

CREATE TABLE ended_account (
    scope TEXT NOT NULL,
    account TEXT NOT NULL,
    -- Every login issued at this second or before has ended.
    issued_until BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (scope, account)
);
CREATE INDEX ended_account_recorded_at ON ended_account (recorded_at);
CREATE INDEX ended_account_expires_at ON ended_account (expires_at);
