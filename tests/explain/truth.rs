//! What is told is what is then done.

use rstest::rstest;
use simulator::sophos::Seed;

use super::scene::{explained, peopled, requests};
use crate::support::World;
use crate::support::over::Over;

/// A request's own reads and its writes are exactly those that the simulator then sees, and the answer is the one told.
#[rstest]
#[tokio::test(start_paused = true)]
async fn the_told_calls_are_the_calls_made(#[values(false, true)] quarantines: bool) {
    let count = requests(&peopled(&sophos(quarantines).await).await).len();
    for number in 0..count {
        let world = sophos(quarantines).await;
        let ids = peopled(&world).await;
        let sent = requests(&ids).swap_remove(number);
        let told = explained(&world, &sent).await;
        world.calls();
        let status = answered(&world, &sent).await;
        assert_eq!(told.answer.status, status, "{sent:?} {told:?}");

        let calls = world.calls();
        let path = |call: &String| call.split('?').next().unwrap().to_owned();
        let own = |read: &scim_facade::cli::explain::NativeRead| {
            (!read.foreseeing).then(|| path(&read.call.replacen("/us01", "", 1).replacen("/eu01", "", 1)))
        };
        let reads: Vec<String> = told.reads.iter().filter_map(own).collect();
        let made: Vec<String> = calls.iter().filter(|call| call.starts_with("GET ")).map(path).collect();
        assert_eq!(reads, made, "{sent:?}");
        let writes: Vec<&String> = told.writes.iter().flat_map(|write| &write.calls).collect();
        let made: Vec<&String> = calls.iter().filter(|call| !call.starts_with("GET ")).collect();
        assert_eq!(strip_new(&writes), strip_new(&made), "{sent:?} {told:?}");
        assert_eq!(told.calls, calls.len() as u64, "{sent:?}");
    }
}

/// The same of the backend that has a disabled state.
#[tokio::test(start_paused = true)]
async fn the_told_writes_are_the_writes_made() {
    let count = requests(&peopled(&Over::Memory.world()).await).len();
    for number in 0..count {
        let world = Over::Memory.world();
        let ids = peopled(&world).await;
        let sent = requests(&ids).swap_remove(number);
        let told = explained(&world, &sent).await;
        let before = world.native_writes().len();
        let status = answered(&world, &sent).await;
        assert_eq!(told.answer.status, status, "{sent:?} {told:?}");
        let writes = world.memory.as_ref().unwrap().journal().split_off(before);
        let made: Vec<String> = writes.iter().map(|call| format!("{} {}", call.method, call.path)).collect();
        let told: Vec<String> = told.writes.into_iter().flat_map(|write| write.calls).collect();
        assert_eq!(told, made, "{sent:?}");
    }
}

async fn sophos(quarantines: bool) -> World {
    let world = World::sophos(Seed::Empty);
    if quarantines { world.quarantining().await } else { world }
}

async fn answered(world: &World, (method, path, body): &super::scene::Sent) -> u16 {
    let path = path.replace(' ', "%20").replace('"', "%22");
    world.http(method, &path, &Default::default(), body.as_ref().map(ToString::to_string)).await.status
}

/// Calls with their commas as they are written.
fn strip_new(calls: &[&String]) -> Vec<String> {
    calls.iter().map(|call| call.replace("%2C", ",")).collect()
}
