use serde_json::json;

use super::*;
use crate::backend::{Deactivate, Locked, Total};
use crate::outbound::testing::{clock, ctx};

fn memory(config: MemoryConfig) -> (Memory, Ctx) {
    let clock = clock();
    let ctx = ctx(&*clock, 25);
    (Memory::new(config, clock), ctx)
}

fn named(kind: Kind, name: &str) -> Desired {
    let field = if kind == Kind::User { "userName" } else { "displayName" };
    let attrs = Attrs::from_iter([(field.to_owned(), json!(name))]);
    Desired { kind, attrs, links: Vec::new(), active: true }
}

fn refusal<T>(result: Result<T>) -> (ErrorKind, Sent) {
    result.err().map(|error| (error.kind, error.sent)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_life() {
    let (memory, ctx) = memory(MemoryConfig::default());
    let ann = memory.create(&ctx, &named(Kind::User, "Ann")).await.unwrap();
    assert_eq!(ann.at.id, "00000000-0000-0000-0000-000000000001");
    assert_eq!(
        refusal(memory.create(&ctx, &named(Kind::User, "aNN")).await),
        (ErrorKind::Conflict, Sent::Rejected)
    );

    let change =
        Change { set: Attrs::from_iter([("title".to_owned(), json!("T"))]), clear: vec!["name".to_owned()] };
    let changed = memory.update(&ctx, Kind::User, &ann.at, &change).await.unwrap().unwrap();
    assert_eq!(json!(changed.attrs), json!({"userName": "Ann", "title": "T"}));
    memory.set_active(&ctx, &ann.at, false).await.unwrap();

    let group = Desired { links: vec![ann.at.clone()], ..named(Kind::Group, "G") };
    let group = memory.create(&ctx, &group).await.unwrap();
    let read = memory.get(&ctx, Kind::User, &ann.at, Want::default()).await.unwrap().unwrap();
    assert_eq!(read.active, Some(false));
    assert_eq!(read.groups.unwrap()[0].name.as_deref(), Some("G"));

    memory.delete(&ctx, Kind::User, &ann.at).await.unwrap();
    memory.delete(&ctx, Kind::User, &ann.at).await.unwrap();
    assert_eq!(memory.member_ids(&group.at.id), Vec::<String>::new());
    let methods: Vec<_> = memory.journal().iter().map(|call| call.method).collect();
    assert_eq!(methods, ["create", "create", "update", "deactivate", "create", "delete", "delete"]);
}

/// What is written of a person is there once, in the document and in the directory.
#[tokio::test(start_paused = true)]
async fn values_are_shared_with_the_document() {
    let (memory, ctx) = memory(MemoryConfig::default());
    let person = json!({"userName": "Ann", "name": {"givenName": "Ann"}, "active": true});
    let person = Document::from_canonical(person.as_object().unwrap().clone());
    let attrs = memory.desired(Kind::User, &person);
    let made = Desired { kind: Kind::User, attrs, links: Vec::new(), active: true };
    let made = memory.create(&ctx, &made).await.unwrap();
    let mut shown = memory.present(Kind::User, &made);
    let mut overlaid = Document::default();
    memory.overlay(Kind::User, "name", &made, &mut overlaid);
    assert_eq!(shown, person);
    let name = |document: &Document| Arc::as_ptr(document.as_map().get_shared("name").unwrap());
    assert_eq!([&person, &shown, &overlaid].map(name), [name(&person); 3]);

    shown.set("active", json!(false));
    shown.set("title", json!("T"));
    let desired = memory.desired(Kind::User, &shown);
    let change = Change { set: Attrs::from_iter([("title", json!("T"))]), clear: Vec::new() };
    let changed = memory.update(&ctx, Kind::User, &made.at, &change).await.unwrap().unwrap();
    assert!(changed.attrs.is_identical(&desired));
    let of = |attrs: &Attrs| Arc::as_ptr(attrs.get_shared("name").unwrap());
    assert_eq!([of(&desired), of(&changed.attrs)], [name(&person); 2]);
}

#[tokio::test(start_paused = true)]
async fn lists_are_sliced_and_counted() {
    let (memory, ctx) = memory(MemoryConfig::default());
    for n in 0..5 {
        memory.create(&ctx, &named(Kind::User, &format!("u{n}"))).await.unwrap();
    }
    let all = NativeQuery::All { having: None };
    let listing = memory.search(&ctx, Kind::User, &all, 3, 9).await.unwrap();
    assert_eq!((listing.rows.len(), listing.total), (2, Total::Exact(5)));
    let having = NativeQuery::All { having: Some("title".to_owned()) };
    assert_eq!(memory.search(&ctx, Kind::User, &having, 0, 9).await.unwrap().total, Total::Exact(0));
    let equals = NativeQuery::Equals { fields: vec!["userName".to_owned()], value: "U3".to_owned() };
    assert_eq!(memory.search(&ctx, Kind::User, &equals, 0, 9).await.unwrap().rows.len(), 1);
    let ids = NativeQuery::Ids(vec![listing.rows[0].at.id.clone(), "x".to_owned()]);
    assert_eq!(memory.search(&ctx, Kind::User, &ids, 0, 9).await.unwrap().rows.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn members_come_and_go_and_strangers_are_told() {
    let (memory, ctx) =
        memory(MemoryConfig { embeds: 2, delete_needs_empty: true, ..MemoryConfig::default() });
    let group = memory.create(&ctx, &named(Kind::Group, "G")).await.unwrap();
    let mut people = Vec::new();
    for n in 0..150 {
        people.push(memory.create(&ctx, &named(Kind::User, &format!("u{n}"))).await.unwrap().at);
    }
    memory.set_locked(Kind::User, &people[0].id, Some(Locked { by: "HR".to_owned() }));
    let add = people.iter().cloned().chain([NativeRef::new("stranger")]).collect();
    let outcome = memory.change_members(&ctx, &group.at, &MemberDelta { add, remove: vec![] }).await.unwrap();
    assert_eq!(outcome.refused["stranger"], crate::backend::Refusal::Unknown);
    assert_eq!(outcome.refused.len(), 2);
    let first = memory.members(&ctx, &group.at, 0).await.unwrap();
    assert_eq!((first.members.len(), first.next), (100, Some(100)));
    assert_eq!(memory.members(&ctx, &group.at, 100).await.unwrap().next, None);
    assert_eq!(
        memory.get(&ctx, Kind::Group, &group.at, Want::default()).await.unwrap().unwrap().members,
        None
    );
    assert_eq!(
        refusal(memory.delete(&ctx, Kind::Group, &group.at).await),
        (ErrorKind::Conflict, Sent::Rejected)
    );
}

#[tokio::test(start_paused = true)]
async fn faults_come_as_ordered_and_a_doubtful_one_is_carried_out() {
    let (memory, ctx) = memory(MemoryConfig { deactivate: Deactivate::Absent, ..MemoryConfig::default() });
    memory.fail_next_writes(1, &BackendError::new(ErrorKind::Unavailable, Sent::Maybe, ""));
    memory.probe(&ctx).await.unwrap();
    assert!(memory.create(&ctx, &named(Kind::User, "a")).await.is_err());
    assert_eq!(memory.everything(Kind::User).len(), 1);
    memory.fail_next(1, &BackendError::new(ErrorKind::RateLimited, Sent::Rejected, ""));
    assert!(memory.create(&ctx, &named(Kind::User, "b")).await.is_err());
    assert_eq!((memory.everything(Kind::User).len(), memory.journal().len()), (1, 2));
    let inactive = Desired { active: false, ..named(Kind::User, "c") };
    assert_eq!(refusal(memory.create(&ctx, &inactive).await).0, ErrorKind::Invalid);
}

#[tokio::test(start_paused = true)]
async fn the_index_follows_changes_from_behind() {
    let (memory, ctx) = memory(MemoryConfig::default());
    let ann = memory.create(&ctx, &named(Kind::User, "ann")).await.unwrap();
    memory.drift(Kind::User, &ann.at.id, "userName", Some(json!("eve")));
    assert!(memory.create(&ctx, &named(Kind::User, "ann")).await.is_ok());
    assert_eq!(refusal(memory.create(&ctx, &named(Kind::User, "Eve")).await).0, ErrorKind::Conflict);
    memory.vanish(Kind::User, &ann.at.id);
    assert!(memory.create(&ctx, &named(Kind::User, "Eve")).await.is_ok());
}

#[rstest::rstest]
#[case::as_it_is_told("00000000-0000-0000-0000-00000000000b", true)]
#[case::in_capitals("00000000-0000-0000-0000-00000000000B", false)]
#[case::in_braces("{00000000-0000-0000-0000-00000000000b}", false)]
#[case::without_hyphens("0000000000000000000000000000000b", false)]
#[case::of_another_half("00000000-0000-0001-0000-00000000000b", false)]
#[tokio::test(start_paused = true)]
async fn an_id_has_one_spelling(#[case] id: &str, #[case] is_somebody: bool) {
    let (memory, ctx) = memory(MemoryConfig::default());
    for number in 1..=11 {
        memory.create(&ctx, &named(Kind::User, &format!("user{number}"))).await.unwrap();
    }
    let found = memory.get(&ctx, Kind::User, &NativeRef::new(id), Want::default()).await.unwrap();
    assert_eq!(found.is_some(), is_somebody);
    let query = NativeQuery::Ids(vec![id.to_owned()]);
    let listed = memory.search(&ctx, Kind::User, &query, 0, 9).await.unwrap();
    assert_eq!(listed.rows.len(), usize::from(is_somebody));
}

#[tokio::test(start_paused = true)]
async fn no_journal_is_kept_of_what_is_served() {
    for journals in [true, false] {
        let (memory, ctx) = memory(MemoryConfig { journals, ..MemoryConfig::default() });
        memory.create(&ctx, &named(Kind::User, "Ann")).await.unwrap();
        assert_eq!(memory.journal().len(), usize::from(journals));
    }
}
