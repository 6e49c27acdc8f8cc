//! The statements, one text for every database: `$1` parameters; BIGINT, TEXT and BLOB; times in microseconds. No
//! statement fails on a duplicate, so a refused change never spoils the transaction around it.
//!
//! Text is compared byte by byte (SQLite's default; PostgreSQL needs `COLLATE "C"` columns for the same order).

/// How many ids one statement takes; a shorter list is filled up by repeating its last id.
pub const IDS: usize = 32;

/// How many states one statement takes, filled up likewise; there are no more different ones.
pub const STATES: usize = 8;

macro_rules! ids {
    () => {
        "($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
         $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)"
    };
}

macro_rules! states {
    () => {
        "state IN ($3, $4, $5, $6, $7, $8, $9, $10)"
    };
}

macro_rules! shadow_where {
    ($($rest:expr),+) => {
        concat!(
            "SELECT target, kind, scim_id, native_id, native_hint, folded_key, state, document, projection, active, \
             active_unassigned, owner, has_email, member_count, member_version, generation, version, created, \
             modified, overlay_until, owed_until FROM shadow WHERE target = $1 AND kind = $2 AND ",
            $($rest),+
        )
    };
}

macro_rules! intent_where {
    ($rest:expr) => {
        concat!(
            "SELECT id, target, kind, scim_id, aspect, action, generation, client, request, payload, sent, attempts, \
             next_at, opened, state FROM intent WHERE target = $1 AND state = 'open' AND ",
            $rest
        )
    };
}

// Reading.

pub const SHADOW_BY_ID: &str = shadow_where!("scim_id = $3");
pub const SHADOW_BY_KEY: &str = shadow_where!("folded_key = $3");
pub const SHADOWS_BY_IDS: &str = shadow_where!("scim_id IN ", ids!());
pub const SHADOWS_BY_NATIVES: &str = shadow_where!("native_id IN ", ids!());
pub const SHADOWS_IN_STATES: &str = shadow_where!(states!(), " ORDER BY scim_id LIMIT $11 OFFSET $12");
pub const SHADOWS_IN_STATES_AFTER: &str =
    shadow_where!(states!(), " AND scim_id > $11 ORDER BY scim_id LIMIT $12");
pub const COUNT_IN_STATES: &str =
    concat!("SELECT COUNT(*) FROM shadow WHERE target = $1 AND kind = $2 AND ", states!());
pub const SHADOW_OVERLAYS: &str = shadow_where!("overlay_until > $3 ORDER BY scim_id");
pub const SHADOWS_WITHOUT_EMAIL: &str =
    shadow_where!("has_email = 0 AND native_id IS NOT NULL ORDER BY scim_id");

pub const EXTERNAL_IDS: &str = concat!(
    "SELECT scim_id, external_id FROM link WHERE target = $1 AND client = $2 AND scim_id IN ",
    ids!(),
    " ORDER BY scim_id"
);
pub const BY_EXTERNAL_ID: &str =
    "SELECT scim_id FROM link WHERE target = $1 AND client = $2 AND external_id = $3 ORDER BY scim_id";
pub const BY_ADDRESS: &str =
    "SELECT scim_id FROM email_address WHERE target = $1 AND address = $2 ORDER BY scim_id";
pub const PARKED_MEMBERS: &str =
    "SELECT user_id FROM parked_member WHERE target = $1 AND group_id = $2 ORDER BY user_id";
pub const PARKED_GROUPS: &str =
    "SELECT group_id FROM parked_member WHERE target = $1 AND user_id = $2 ORDER BY group_id";
pub const OPEN_INTENTS: &str = intent_where!("kind = $2 AND scim_id = $3 ORDER BY opened, id");
pub const DUE_INTENTS: &str = intent_where!("next_at <= $2 ORDER BY next_at, opened, id LIMIT $3");
pub const TOMBSTONES: &str = "SELECT target, kind, scim_id, native_id, owed_to, until FROM tombstone \
    WHERE target = $1 AND kind = $2 AND until > $3 ORDER BY scim_id";
pub const SECRET: &str = "SELECT value FROM secret WHERE name = $1";
pub const RECONCILE: &str = "SELECT restored, agreed FROM reconcile WHERE target = $1";
/// Names the states besides the wanted one, so that the index of those rows alone is used.
pub const RESTING: &str = "SELECT scim_id FROM shadow WHERE target = $1 AND kind = $2 AND state = $3 \
    AND state IN ('parked', 'lost') AND modified < $4 ORDER BY modified, scim_id LIMIT $5";
pub const AUDIT: &str = "SELECT entry FROM audit WHERE target = $1 ORDER BY seq DESC LIMIT $2";
pub const AUDIT_FROM: &str =
    "SELECT seq, entry, prev, hash, target FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2";

// Writing. Where no row is changed, the caller looks which of the reasons it was.

pub const SHADOW_INSERT: &str = "INSERT INTO shadow (target, kind, scim_id, native_id, native_hint, folded_key, \
    state, document, projection, active, active_unassigned, owner, has_email, member_count, member_version, \
    generation, version, created, modified, overlay_until, owed_until) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) \
    ON CONFLICT DO NOTHING";
/// Takes the parameters of [`SHADOW_INSERT`].
pub const SHADOW_UPDATE: &str = "UPDATE shadow SET native_id = $4, native_hint = $5, folded_key = $6, state = $7, \
    document = $8, projection = $9, active = $10, active_unassigned = $11, owner = $12, has_email = $13, \
    member_count = $14, member_version = $15, generation = $16, version = $17, created = $18, modified = $19, \
    overlay_until = $20, owed_until = $21 \
    WHERE target = $1 AND kind = $2 AND scim_id = $3 AND version = $17 - 1 \
    AND NOT EXISTS (SELECT 1 FROM shadow AS other WHERE other.target = $1 AND other.kind = $2 \
        AND other.folded_key = $6 AND other.scim_id <> $3) \
    AND NOT EXISTS (SELECT 1 FROM shadow AS other WHERE other.target = $1 AND other.kind = $2 \
        AND other.native_id = $4 AND other.scim_id <> $3)";
pub const SHADOW_VERSION: &str =
    "SELECT version FROM shadow WHERE target = $1 AND kind = $2 AND scim_id = $3";
pub const SHADOW_KEY_TAKEN: &str = "SELECT COUNT(*) FROM shadow \
    WHERE target = $1 AND kind = $2 AND folded_key = $3 AND scim_id <> $4";
pub const SHADOW_DELETE: &str = "DELETE FROM shadow WHERE target = $1 AND kind = $2 AND scim_id = $3";
pub const LINKS_DELETE: &str = "DELETE FROM link WHERE target = $1 AND scim_id = $2";
pub const PARKED_USER_DELETE: &str = "DELETE FROM parked_member WHERE target = $1 AND user_id = $2";
pub const PARKED_GROUP_DELETE: &str = "DELETE FROM parked_member WHERE target = $1 AND group_id = $2";
pub const INTENTS_MOOT: &str = "UPDATE intent SET state = 'done', payload = 'null' \
    WHERE target = $1 AND kind = $2 AND scim_id = $3 AND state = 'open'";

pub const DEAD_FORGET: &str = "UPDATE intent SET payload = 'null' \
    WHERE target = $1 AND kind = $2 AND scim_id = $3 AND state = 'dead'";

pub const LINK_SET: &str = "INSERT INTO link (target, client, scim_id, external_id) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (target, client, scim_id) DO UPDATE SET external_id = excluded.external_id";
pub const LINK_DELETE: &str = "DELETE FROM link WHERE target = $1 AND client = $2 AND scim_id = $3";
pub const ADDRESS_ADD: &str =
    "INSERT INTO email_address (target, address, scim_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
pub const ADDRESSES_DELETE: &str = "DELETE FROM email_address WHERE target = $1 AND scim_id = $2";
pub const PARK: &str =
    "INSERT INTO parked_member (target, group_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
pub const UNPARK: &str = "DELETE FROM parked_member WHERE target = $1 AND group_id = $2 AND user_id = $3";

pub const INTENT_INSERT: &str = "INSERT INTO intent (id, target, kind, scim_id, aspect, action, generation, client, \
    request, payload, sent, attempts, next_at, opened, state) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open') ON CONFLICT DO NOTHING";
pub const ASPECT_OPEN: &str = "SELECT COUNT(*) FROM intent \
    WHERE target = $1 AND kind = $2 AND scim_id = $3 AND aspect = $4 AND state = 'open'";
pub const INTENT_TOUCH: &str = "UPDATE intent SET payload = $2, sent = $3, attempts = $4, next_at = $5 \
    WHERE id = $1 AND state = 'open'";
/// What is done needs no payload any more: it can hold personal data.
pub const INTENT_CLOSE: &str = "UPDATE intent SET state = $2, \
    payload = CASE WHEN $2 = 'done' THEN 'null' ELSE payload END WHERE id = $1 AND state = 'open'";

pub const BURY: &str = "INSERT INTO tombstone (target, kind, scim_id, native_id, owed_to, until) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (target, kind, scim_id) DO UPDATE SET \
    native_id = excluded.native_id, owed_to = excluded.owed_to, until = excluded.until";
pub const TOMBSTONE_PURGE: &str = "DELETE FROM tombstone WHERE target = $1 AND kind = $2 AND until <= $3";
pub const INTENT_PURGE: &str = "DELETE FROM intent WHERE target = $1 AND state = 'done' AND next_at < $2";
pub const AGREE: &str = "INSERT INTO reconcile (target, restored, agreed) VALUES ($1, 0, $2) \
    ON CONFLICT (target) DO UPDATE SET agreed = excluded.agreed";
pub const RECONCILED: &str = "DELETE FROM reconcile WHERE target = $1";
pub const SECRET_KEEP: &str = "INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
pub const AUDIT_LAST: &str = "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1";
pub const AUDIT_APPEND: &str = "INSERT INTO audit (target, entry, prev, hash) VALUES ($1, $2, $3, $4)";

// The file itself: how often it was opened and closed, and whether it is a copy.

pub const EPOCH: &str = "SELECT epoch, copied FROM instance";
pub const EPOCH_SET: &str = "UPDATE instance SET epoch = $1, copied = NULL";
pub const COPIED: &str = "UPDATE instance SET copied = $1";
pub const TARGETS: &str = "SELECT target FROM shadow UNION SELECT target FROM intent WHERE state = 'open'";
pub const RESTORED: &str = "INSERT INTO reconcile (target, restored) VALUES ($1, 1) \
    ON CONFLICT (target) DO UPDATE SET restored = 1, agreed = NULL";
macro_rules! operation_where {
    ($rest:expr) => {
        concat!(
            "SELECT id, target, group_id, wish, client, request, opened, until FROM operation WHERE target = $1 AND ",
            $rest
        )
    };
}

pub const OPERATION: &str = operation_where!("group_id = $2 AND wish = $3");
pub const OPERATIONS_OPEN: &str = operation_where!("until IS NULL ORDER BY opened, id");
pub const CHUNK_NEXT: &str = "SELECT operation, number, open, payload FROM operation_chunk \
    WHERE operation = $1 AND open = 1 ORDER BY number LIMIT 1";
pub const CHUNKS: &str = "SELECT operation, number, open, payload FROM operation_chunk \
    WHERE operation = $1 ORDER BY number";

pub const OPERATION_BEGIN: &str = "INSERT INTO operation (id, target, group_id, wish, client, request, opened, until) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
pub const WISH_TAKEN: &str =
    "SELECT COUNT(*) FROM operation WHERE target = $1 AND group_id = $2 AND wish = $3";
/// Nothing is inserted for an operation that is forgotten.
pub const CHUNK_PUT: &str = "INSERT INTO operation_chunk (operation, number, open, payload) \
    SELECT id, $2, $3, $4 FROM operation WHERE id = $1 \
    ON CONFLICT (operation, number) DO UPDATE SET open = excluded.open, payload = excluded.payload";
pub const OPERATION_END: &str = "UPDATE operation SET until = $2 WHERE id = $1";
pub const OPERATION_FORGET: &str = "DELETE FROM operation WHERE id = $1";
pub const CHUNKS_FORGET: &str = "DELETE FROM operation_chunk WHERE operation = $1";
/// The operations of a group that is gone.
pub const OPERATIONS_MOOT: &str = "SELECT id FROM operation WHERE target = $1 AND group_id = $2";
pub const OPERATIONS_ENDED: &str = "SELECT id FROM operation WHERE target = $1 AND until <= $2";
