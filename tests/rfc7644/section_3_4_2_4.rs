//! §3.4.2.4, pagination: slices that start and end anywhere in the product's own pages, which hold a hundred.

use rstest::rstest;
use simulator::sophos::Seed;

use crate::support::World;
use crate::support::world::Reply;

fn ids(page: &Reply) -> Vec<String> {
    let rows = page.body["Resources"].as_array().unwrap_or_else(|| panic!("{page:?}"));
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[case("Users", 250, false)]
#[case("Groups", 120, false)]
// The group for people without access is hidden among them.
#[case("Groups", 120, true)]
#[tokio::test(start_paused = true)]
async fn any_slice_is_a_part_of_the_whole(
    #[case] endpoint: &str,
    #[case] size: usize,
    #[case] quarantines: bool,
) {
    let users = if endpoint == "Users" { size } else { size * 10 };
    let mut world = World::sophos(Seed::Many { users });
    if quarantines {
        world = world.quarantining().await;
        world.wait(10).await;
    }
    let whole = ids(&world.get(&format!("/{endpoint}?count=1000")).await);
    assert_eq!(whole.len(), size);
    for start in [1, 2, 99, 100, 101, 119, 121, 200, 250, 9999] {
        for count in [1, 50, 99, 100, 101, 150, 1000] {
            let page = world.get(&format!("/{endpoint}?startIndex={start}&count={count}")).await;
            let wanted: Vec<String> = whole.iter().skip(start - 1).take(count).cloned().collect();
            assert_eq!(ids(&page), wanted, "startIndex={start}&count={count}");
            assert_eq!(page.body["totalResults"], size, "startIndex={start}&count={count}");
        }
    }
    for count in [33, 50, 99, 100, 101, 1000] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = world.get(&format!("/{endpoint}?count={count}&cursor={cursor}")).await;
            assert_eq!(page.body["totalResults"], size, "{page:?}");
            seen.extend(ids(&page));
            let Some(next) = page.body.get("nextCursor") else { break };
            cursor = next.as_str().unwrap().to_owned();
        }
        assert_eq!(seen, whole, "{endpoint} by cursor, pages of {count}");
    }
}
