-- Endings, in an order that no machine's clock decides: docs/decisions/0010-account-generations.md. Instants are seconds since the
-- epoch; they say when a row may go, never what came first.

-- How often all logins of an account were ended. A login carries the generation that it began with, and has ended once the account's
-- is higher. No foreign key: an account may stand in a table of another program.
CREATE TABLE account_generation (
    account BIGINT NOT NULL,
    -- Which logins were ended: 'account' for those at every service, otherwise those of one mechanism.
    scope TEXT NOT NULL,
    generation BIGINT NOT NULL,
    -- The one login that the ending left alive.
    spared TEXT,
    -- Cookies of version 0.1 name their account by its username alone.
    username TEXT NOT NULL,
    -- Its place in the order of endings: SQLite counts, PostgreSQL takes the number of the transaction.
    sequence BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (account, scope)
);
CREATE INDEX account_generation_sequence ON account_generation (sequence);
CREATE INDEX account_generation_username ON account_generation (username);

-- Single logins that were ended, of mechanisms whose credentials no store keeps.
CREATE TABLE login_ending (
    scope TEXT NOT NULL,
    login TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    -- The end that the credential itself carries.
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (scope, login)
);
CREATE INDEX login_ending_sequence ON login_ending (sequence);
CREATE INDEX login_ending_recorded_at ON login_ending (recorded_at);
CREATE INDEX login_ending_expires_at ON login_ending (expires_at);

-- The tables of version 0.1, while its instances run beside: what was written there for them to read is marked.
ALTER TABLE ended_login ADD COLUMN mirrored TEXT;
ALTER TABLE ended_account ADD COLUMN mirrored TEXT;

-- The account's generation when the login began.
ALTER TABLE token_family ADD COLUMN account_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE opaque_token ADD COLUMN account_generation BIGINT NOT NULL DEFAULT 0;
-- When the last access token of the family expires; 0 where version 0.1 issued it.
ALTER TABLE token_family ADD COLUMN access_expires_at BIGINT NOT NULL DEFAULT 0;
