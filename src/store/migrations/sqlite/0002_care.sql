-- One row: how often the file was opened and closed, and when it was copied if it is a copy. The lock file beside it has
-- the same count: a file that is behind it was put back from an older copy.
CREATE TABLE instance (
    one    BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    epoch  BIGINT NOT NULL,
    copied BIGINT
);
INSERT INTO instance (one, epoch) VALUES (1, 0);

-- Targets whose rows are to be compared with the backend; agreed is the plan that an operator has agreed to, as JSON.
CREATE TABLE reconcile (
    target   TEXT   NOT NULL PRIMARY KEY,
    restored BIGINT NOT NULL,
    agreed   TEXT
);

-- Who is only kept for a while.
CREATE INDEX shadow_resting ON shadow (target, kind, state, modified) WHERE state IN ('parked', 'lost');
