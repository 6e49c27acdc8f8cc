-- Times are microseconds since 1970 in UTC; truth values are 0 and 1; documents and lists are JSON.

CREATE TABLE shadow (
    target            TEXT   NOT NULL,
    kind              TEXT   NOT NULL,
    scim_id           TEXT   NOT NULL,
    native_id         TEXT,
    native_hint       TEXT,
    folded_key        TEXT   NOT NULL,
    state             TEXT   NOT NULL,
    document          TEXT   NOT NULL,
    projection        TEXT   NOT NULL,
    active            BIGINT NOT NULL,
    active_unassigned BIGINT NOT NULL,
    owner             TEXT   NOT NULL,
    has_email         BIGINT NOT NULL,
    member_count      BIGINT,
    member_version    BIGINT NOT NULL,
    generation        BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    created           BIGINT NOT NULL,
    modified          BIGINT NOT NULL,
    overlay_until     BIGINT,
    owed_until        BIGINT,
    PRIMARY KEY (target, kind, scim_id)
);
CREATE UNIQUE INDEX shadow_key ON shadow (target, kind, folded_key);
CREATE UNIQUE INDEX shadow_native ON shadow (target, kind, native_id) WHERE native_id IS NOT NULL;
CREATE INDEX shadow_state ON shadow (target, kind, state, scim_id);
CREATE INDEX shadow_overlay ON shadow (target, kind, overlay_until) WHERE overlay_until IS NOT NULL;
CREATE INDEX shadow_without_email ON shadow (target, kind, scim_id) WHERE has_email = 0;

-- Every e-mail address of a person, folded: a backend may hold only one of them.
CREATE TABLE email_address (
    target  TEXT NOT NULL,
    address TEXT NOT NULL,
    scim_id TEXT NOT NULL,
    PRIMARY KEY (target, address, scim_id)
);
CREATE INDEX email_address_person ON email_address (target, scim_id);

CREATE TABLE link (
    target      TEXT NOT NULL,
    client      TEXT NOT NULL,
    scim_id     TEXT NOT NULL,
    external_id TEXT NOT NULL,
    PRIMARY KEY (target, client, scim_id)
);
CREATE INDEX link_external ON link (target, client, external_id, scim_id);
CREATE INDEX link_resource ON link (target, scim_id);

CREATE TABLE parked_member (
    target   TEXT NOT NULL,
    group_id TEXT NOT NULL,
    user_id  TEXT NOT NULL,
    PRIMARY KEY (target, group_id, user_id)
);
CREATE INDEX parked_member_user ON parked_member (target, user_id, group_id);

CREATE TABLE intent (
    id         TEXT   NOT NULL PRIMARY KEY,
    target     TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    scim_id    TEXT   NOT NULL,
    aspect     TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    generation BIGINT NOT NULL,
    client     TEXT   NOT NULL,
    request    TEXT   NOT NULL,
    payload    TEXT   NOT NULL,
    sent       BIGINT,
    attempts   BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    opened     BIGINT NOT NULL,
    state      TEXT   NOT NULL
);
CREATE UNIQUE INDEX intent_open ON intent (target, kind, scim_id, aspect) WHERE state = 'open';
CREATE INDEX intent_due ON intent (target, state, next_at);

CREATE TABLE tombstone (
    target    TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    scim_id   TEXT   NOT NULL,
    native_id TEXT,
    owed_to   TEXT,
    until     BIGINT NOT NULL,
    PRIMARY KEY (target, kind, scim_id)
);
CREATE INDEX tombstone_until ON tombstone (target, kind, until);

-- hash = SHA-256(prev, entry); prev is the hash of the row before, or 32 zero bytes.
CREATE TABLE audit (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    target TEXT NOT NULL,
    entry  TEXT NOT NULL,
    prev   BLOB NOT NULL,
    hash   BLOB NOT NULL
);
CREATE INDEX audit_target ON audit (target, seq);
