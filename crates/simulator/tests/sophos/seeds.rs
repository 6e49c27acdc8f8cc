//! What the seeds hold.

use simulator::sophos::{ACTIVE_DIRECTORY, CUSTOM, ENTRA, Seed};

use super::support::{empty, rig, sample};

#[test]
fn the_sample_has_everything_odd() {
    let rig = sample();
    let users = rig.sophos.users();
    let count =
        |wanted: &dyn Fn(&simulator::sophos::User) -> bool| users.iter().filter(|user| wanted(user)).count();
    assert!(users.len() >= 140);
    assert!(count(&|user| user.source == ACTIVE_DIRECTORY) >= 5);
    assert!(count(&|user| user.source == ENTRA) >= 5);
    assert!(count(&|user| user.source == CUSTOM && user.email.is_none()) >= 5);
    let by_agents: Vec<_> = users.iter().filter(|user| user.updated_at.is_none()).collect();
    assert_eq!(by_agents.len(), 3);
    assert!(
        by_agents
            .iter()
            .all(|user| user.name.contains('\\') && user.email.is_none() && user.source == CUSTOM)
    );
    assert!(count(&|user| !user.name.is_ascii()) >= 4);
    let differs =
        |user: &simulator::sophos::User| user.exchange_login.is_some() && user.exchange_login != user.email;
    assert_eq!(count(&differs), 1);
    assert!(
        users
            .iter()
            .filter_map(|user| user.email.as_ref())
            .all(|email| { email.to_lowercase().ends_with("@example.com") })
    );
    let mut emails: Vec<_> =
        users.iter().filter_map(|user| user.email.as_ref()).map(|email| email.to_lowercase()).collect();
    let all = emails.len();
    emails.sort();
    emails.dedup();
    assert_eq!(emails.len(), all);
}

#[test]
fn the_sample_has_groups_and_admins() {
    let rig = sample();
    assert!(rig.sophos.members_of(&rig.group("All Staff")).len() > 100);
    assert!(rig.sophos.members_of(&rig.group("Empty Room")).is_empty());
    let sources: Vec<_> = rig.sophos.groups().into_iter().map(|group| group.source).collect();
    assert!([CUSTOM, ACTIVE_DIRECTORY, ENTRA].iter().all(|source| sources.iter().any(|it| it == source)));
    let super_admin = rig.role("Super Admin");
    let admins = rig.sophos.admins();
    let supers = admins.iter().filter(|admin| admin.role_assignments[0].role_id == super_admin);
    assert_eq!((supers.count(), admins.len()), (1, 2));
}

#[test]
fn many_is_as_many_as_asked() {
    let rig = rig(Seed::Many { users: 1234 });
    assert_eq!((rig.sophos.users().len(), rig.sophos.groups().len()), (1234, 123));
    assert_eq!(rig.sophos.members_of(&rig.group("Group 00123")).len(), 10);
    assert!(rig.sophos.user_by_email("user001234@example.com").is_some());
}

#[test]
fn empty_has_roles_and_nobody() {
    let rig = empty();
    assert!(
        rig.sophos.users().is_empty() && rig.sophos.groups().is_empty() && rig.sophos.admins().is_empty()
    );
    assert_eq!(rig.sophos.roles().len(), 8);
}

#[test]
fn a_run_can_be_repeated() {
    let (one, two) = (sample(), sample());
    assert_eq!(one.sophos.users(), two.sophos.users());
    assert_eq!(one.token, two.token);
    assert_eq!(one.tenant, empty().tenant);
}
