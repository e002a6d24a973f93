-- Logins by token, as far as the server knows them. Instants are seconds since the epoch.

-- Logins that go on by refresh tokens.
CREATE TABLE token_family (
    -- Names the login; every access token of it says so as `jti`.
    id TEXT NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL,
    -- Goes into every refresh token of the family: neither this table nor the secret key makes one alone.
    seed TEXT NOT NULL,
    -- The number of the refresh token that is current; those before it are spent.
    generation BIGINT NOT NULL,
    -- When it became the current one.
    refreshed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent TEXT
);
CREATE INDEX token_family_account ON token_family (account);
CREATE INDEX token_family_expires_at ON token_family (expires_at);

-- Opaque tokens, and all that there is to a login by one.
CREATE TABLE opaque_token (
    -- The SHA-256 of the token: whoever reads the table cannot be anybody.
    u_token TEXT NOT NULL PRIMARY KEY,
    -- Names the login.
    id TEXT NOT NULL UNIQUE,
    account BIGINT NOT NULL,
    -- A JSON object.
    items TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent TEXT
);
CREATE INDEX opaque_token_account ON opaque_token (account);
CREATE INDEX opaque_token_expires_at ON opaque_token (expires_at);
