-- Accounts, the same for SQLite and PostgreSQL. Instants are seconds since the epoch.
CREATE TABLE account (
    id BIGINT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    -- What names are compared by: NFKC and case folding. Two spellings of one name cannot both be registered.
    username_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
