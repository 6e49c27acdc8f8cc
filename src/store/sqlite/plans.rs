//! Every statement finds its rows by an index.

use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use crate::store::dialect::sqlite::migrator;
use crate::store::sql;

/// How SQLite would carry a statement out.
async fn plan(db: &mut SqliteConnection, statement: &str) -> String {
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let steps = sqlx::query(explain).fetch_all(db).await.unwrap();
    steps.iter().map(|step| step.get::<String, _>("detail")).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn no_statement_reads_a_whole_table() {
    let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    migrator().run(&mut db).await.unwrap();
    for (statement, index) in [
        (sql::SHADOW_BY_ID, "(target=? AND kind=? AND scim_id=?)"),
        (sql::SHADOW_BY_KEY, "shadow_key (target=? AND kind=? AND folded_key=?)"),
        (sql::SHADOWS_BY_IDS, "(target=? AND kind=? AND scim_id=?)"),
        (sql::SHADOWS_BY_NATIVES, "shadow_native (target=? AND kind=? AND native_id=?)"),
        (sql::SHADOWS_IN_STATES, "(target=? AND kind=?"),
        (sql::SHADOWS_IN_STATES_AFTER, "(target=? AND kind=?"),
        (sql::COUNT_IN_STATES, "COVERING INDEX shadow_state (target=? AND kind=? AND state=?)"),
        (sql::SHADOW_OVERLAYS, "shadow_overlay (target=? AND kind=? AND overlay_until>?)"),
        (sql::SHADOWS_WITHOUT_EMAIL, "shadow_without_email (target=? AND kind=?)"),
        (sql::EXTERNAL_IDS, "(target=? AND client=? AND scim_id=?)"),
        (sql::BY_EXTERNAL_ID, "COVERING INDEX link_external (target=? AND client=? AND external_id=?)"),
        (sql::BY_ADDRESS, "(target=? AND address=?)"),
        (sql::ADDRESSES_DELETE, "email_address_person (target=? AND scim_id=?)"),
        (sql::PARKED_MEMBERS, "(target=? AND group_id=?)"),
        (sql::PARKED_GROUPS, "COVERING INDEX parked_member_user (target=? AND user_id=?)"),
        (sql::OPEN_INTENTS, "intent_open (target=? AND kind=? AND scim_id=?)"),
        (sql::DUE_INTENTS, "intent_due (target=? AND state=? AND next_at<?)"),
        (sql::OPERATION, "operation_wish (target=? AND group_id=? AND wish=?)"),
        (sql::OPERATIONS_OPEN, "operation_end (target=? AND until=?)"),
        (sql::OPERATIONS_MOOT, "operation_wish (target=? AND group_id=?)"),
        (sql::OPERATIONS_ENDED, "operation_end (target=? AND until<?)"),
        (sql::CHUNK_NEXT, "operation_chunk_open (operation=?)"),
        (sql::CHUNKS, "(operation=?)"),
        (sql::CHUNKS_FORGET, "(operation=?)"),
        (sql::TOMBSTONES, "tombstone_until (target=? AND kind=? AND until>?)"),
        (sql::RECONCILE, "(target=?)"),
        (sql::SECRET, "(name=?)"),
        (sql::RESTING, "shadow_resting (target=? AND kind=? AND state=? AND modified<?)"),
        (sql::DEAD_FORGET, "intent_due (target=? AND state=?)"),
        (sql::AUDIT, "audit_target (target=?)"),
        (sql::SHADOW_UPDATE, "shadow_native (target=? AND kind=? AND native_id=?)"),
        (sql::SHADOW_UPDATE, "shadow_key (target=? AND kind=? AND folded_key=?)"),
        (sql::LINKS_DELETE, "link_resource (target=? AND scim_id=?)"),
        (sql::PARKED_USER_DELETE, "parked_member_user (target=? AND user_id=?)"),
        (sql::PARKED_GROUP_DELETE, "(target=? AND group_id=?)"),
        (sql::INTENTS_MOOT, "intent_open (target=? AND kind=? AND scim_id=?)"),
        (sql::ASPECT_OPEN, "intent_open (target=? AND kind=? AND scim_id=? AND aspect=?)"),
        (sql::TOMBSTONE_PURGE, "tombstone_until (target=? AND kind=? AND until<?)"),
        (sql::INTENT_PURGE, "intent_due (target=? AND state=? AND next_at<?)"),
        (sql::INTENT_TOUCH, "(id=?)"),
        (sql::INTENT_CLOSE, "(id=?)"),
    ] {
        let plan = plan(&mut db, statement).await;
        assert!(plan.contains(index) && !plan.contains("SCAN"), "{statement}\n{plan}");
    }
}
