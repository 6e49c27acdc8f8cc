//! Rows for tests.

use scim::resource::Document;
use serde_json::{Map, Value, json};

use crate::kernel::{ClientName, Kind, NativeRef, ScimId, TargetName, Timestamp};
use crate::store::{
    Action, AuditRow, Chunk, Intent, IntentId, IntentState, Op, Operation, OperationId, ShadowRow, State,
    Tombstone,
};

pub fn target() -> TargetName {
    TargetName::parse("sophos").unwrap()
}

pub fn other_target() -> TargetName {
    TargetName::parse("other").unwrap()
}

pub fn client(name: &str) -> ClientName {
    ClientName::parse(name).unwrap()
}

pub fn id(text: &str) -> ScimId {
    ScimId::new(text)
}

pub fn at(time: i64) -> Timestamp {
    Timestamp(time)
}

pub fn map(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("not an object") };
    map
}

/// A live person with every field set, linked to `n-<id>`, whose key is `k-<id>`.
pub fn user(scim_id: &str) -> ShadowRow {
    ShadowRow {
        target: target(),
        kind: Kind::User,
        scim_id: id(scim_id),
        native: Some(NativeRef { id: format!("n-{scim_id}"), hint: Some("hint".to_owned()) }),
        key: format!("k-{scim_id}"),
        state: State::Live,
        document: Document::from_canonical(map(
            json!({ "userName": "Zoë \u{0}\"'", "b": [1, null, -2], "a": {} }),
        )),
        projection: map(json!({ "name": "Zoë", "email": null })).into(),
        active: true,
        active_unassigned: true,
        owner: client("okta"),
        has_email: true,
        member_count: Some(7),
        member_version: 3,
        generation: 4,
        version: 1,
        created: at(10),
        modified: at(11),
        overlay_until: Some(at(12)),
        owed_until: Some(at(13)),
    }
}

/// The same for a group, with every optional field empty.
pub fn group(scim_id: &str) -> ShadowRow {
    ShadowRow {
        kind: Kind::Group,
        native: None,
        active_unassigned: false,
        member_count: None,
        overlay_until: None,
        owed_until: None,
        ..user(scim_id)
    }
}

/// The next version of a row.
pub fn next(shadow: &ShadowRow) -> ShadowRow {
    ShadowRow { version: shadow.version + 1, ..shadow.clone() }
}

pub fn insert(shadow: &ShadowRow) -> Op {
    Op::Insert(shadow.clone().into())
}

pub fn update(shadow: &ShadowRow) -> Op {
    Op::Update(shadow.clone().into())
}

/// An open intent about the life of a person.
pub fn intent(name: &str, about: &str) -> Intent {
    Intent {
        id: IntentId(name.to_owned()),
        target: target(),
        kind: Kind::User,
        scim_id: id(about),
        aspect: "life".to_owned(),
        action: Action::Deactivate,
        generation: 5,
        client: client("okta"),
        request: "r-1".to_owned(),
        payload: json!({ "why": ["Zoë", 1, null] }),
        sent: Some(at(3)),
        attempts: 2,
        next_at: at(100),
        opened: at(50),
        state: IntentState::Open,
    }
}

pub fn open(intent: &Intent) -> Op {
    Op::Open(Box::new(intent.clone()))
}

pub fn touch(intent: &Intent) -> Op {
    Op::Touch(Box::new(intent.clone()))
}

pub fn close(name: &str, state: IntentState) -> Op {
    Op::Close(IntentId(name.to_owned()), state)
}

pub fn tombstone(about: &str, until: i64) -> Tombstone {
    Tombstone {
        target: target(),
        kind: Kind::User,
        scim_id: id(about),
        native_id: Some(format!("n-{about}")),
        owed_to: Some(client("okta")),
        until: at(until),
    }
}

pub fn audit_row(request: &str) -> AuditRow {
    AuditRow {
        at: at(1),
        request: request.to_owned(),
        target: target(),
        client: client("okta"),
        kind: Kind::User,
        scim_id: id("u1"),
        action: "deactivate".to_owned(),
        outcome: "done".to_owned(),
        what: vec!["active".to_owned()],
        active: Some((true, false)),
        plan: vec!["DELETE /users/1".to_owned()],
        latency: 12,
    }
}

pub fn audit(request: &str) -> Op {
    Op::Audit(Box::new(audit_row(request)))
}

pub fn link(who: &str, about: &str, external_id: Option<&str>) -> Op {
    Op::Link(target(), client(who), id(about), external_id.map(str::to_owned))
}

pub fn park(group: &str, user: &str) -> Op {
    Op::RememberMember(target(), id(group), id(user))
}

pub fn unpark(group: &str, user: &str) -> Op {
    Op::ForgetMember(target(), id(group), id(user))
}

/// An open operation on a group, for a wish of the same name.
pub fn operation(name: &str, group: &str) -> Operation {
    Operation {
        id: OperationId(name.to_owned()),
        target: target(),
        group: id(group),
        wish: name.to_owned(),
        client: client("okta"),
        request: "r-1".to_owned(),
        opened: at(5),
        until: None,
    }
}

pub fn begin(operation: &Operation) -> Op {
    Op::Begin(Box::new(operation.clone()))
}

pub fn end(name: &str, until: i64) -> Op {
    Op::End(OperationId(name.to_owned()), at(until))
}

pub fn forget(name: &str) -> Op {
    Op::Forget(OperationId(name.to_owned()))
}

pub fn chunk(operation: &str, number: u32, open: bool) -> Chunk {
    let payload = json!([{ "why": ["Zoë", number, null] }]);
    Chunk { operation: OperationId(operation.to_owned()), number, open, payload }
}

pub fn put_chunk(operation: &str, number: u32, open: bool) -> Op {
    Op::Chunk(Box::new(chunk(operation, number, open)))
}
