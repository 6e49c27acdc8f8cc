-- Random keys that every replica of the store shares, made once each.
CREATE TABLE secret (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
);
