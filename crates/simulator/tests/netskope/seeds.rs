//! What the seeds hold.

use simulator::netskope::{Provisioner, Seed, Switches};

use super::support::{GROUPS, rig, sample};

#[test]
fn the_sample_has_everything_odd() {
    let mut rig = sample();
    let users = rig.netskope.users();
    assert!(users.iter().filter(|user| user.provisioner == Provisioner::Scim).count() > 200);
    for provisioner in [Provisioner::AdImporter, Provisioner::Csv, Provisioner::Console] {
        assert!(users.iter().any(|user| user.provisioner == provisioner));
    }
    assert!(users.iter().any(|user| !user.active));
    assert!(users.iter().any(|user| user.user_name != user.email));
    assert!(users.iter().any(|user| !user.tenant.is_empty() && !user.enterprise.is_empty()));
    assert!(users.iter().all(|user| user.email.to_lowercase().ends_with("@example.com")));
    assert_eq!(rig.names("count=200").len(), 200);
    assert!(rig.names("filter=userName%20eq%20axel.import@example.com").is_empty());
    assert_eq!(rig.get(GROUPS).value()["totalResults"], 4);
}

#[test]
fn many_is_as_many_as_asked_and_a_run_can_be_repeated() {
    let many = || rig(Seed::Many { users: 1234 }, Switches::default());
    let (one, two) = (many(), many());
    assert_eq!((one.netskope.users().len(), one.netskope.groups().len()), (1234, 123));
    let group = one.netskope.group_by_name("Group 00123").unwrap();
    assert_eq!(one.netskope.members_of(&group.id).len(), 10);
    assert_eq!(one.netskope.users(), two.netskope.users());
}
