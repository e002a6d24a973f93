-- A session's login keeps the generation that its account had when the login began. It stands in the index: an instance of version 0.1
-- that writes the session would drop it there.
ALTER TABLE session_login ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;

-- An account's logins in the order of their last use, for a limit of their number and for the list of the latest.
CREATE INDEX session_login_account_last_seen_at ON session_login (account, last_seen_at);
DROP INDEX session_login_account;
