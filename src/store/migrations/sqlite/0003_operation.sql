-- A large change of a group's members. It is open while it has no end.
CREATE TABLE operation (
    id       TEXT   NOT NULL PRIMARY KEY,
    target   TEXT   NOT NULL,
    group_id TEXT   NOT NULL,
    wish     TEXT   NOT NULL,
    client   TEXT   NOT NULL,
    request  TEXT   NOT NULL,
    opened   BIGINT NOT NULL,
    until    BIGINT
);
CREATE UNIQUE INDEX operation_wish ON operation (target, group_id, wish);
CREATE INDEX operation_end ON operation (target, until);

CREATE TABLE operation_chunk (
    operation TEXT   NOT NULL,
    number    BIGINT NOT NULL,
    open      BIGINT NOT NULL,
    payload   TEXT   NOT NULL,
    PRIMARY KEY (operation, number)
);
CREATE INDEX operation_chunk_open ON operation_chunk (operation, number) WHERE open = 1;
