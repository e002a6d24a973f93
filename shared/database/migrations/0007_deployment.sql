-- The id of this deployment, which a store that several deployments share puts into the names of its keys. One row; the service that
-- starts first fills in the id. Instants are seconds since the epoch.
CREATE TABLE deployment (
    only_row BIGINT NOT NULL PRIMARY KEY CHECK (only_row = 1),
    id TEXT,
    created_at BIGINT,
    -- Whether there were accounts before there was an id: their sessions lie under names without it.
    had_accounts BIGINT NOT NULL
);
INSERT INTO deployment (only_row, had_accounts)
SELECT 1, CASE WHEN EXISTS (SELECT 1 FROM account) THEN 1 ELSE 0 END;
