//! SIGKILL at the named points of every kind of write, then a new program on the same store, then a retry.

use rstest::rstest;
use serde_json::json;
use tokio::task::LocalSet;

use super::http::{Reply, Sent};
use super::program::until;
use super::retry::Idp;
use super::scene::{Scene, Serving};
use super::writes::Write;

const STEPS: &[&str] = &["begun", "asked", "stored"];
const SAGA: &[&str] = &["begun", "emptied", "asked", "stored"];

/// Runs a scene for every step, all at the same time: they wait more than they work.
async fn at_every<F: Future<Output = ()> + 'static>(
    steps: &'static [&'static str],
    scene: impl Fn(&'static str) -> F,
) {
    let scenes = LocalSet::new();
    let ends: Vec<_> = steps.iter().map(|step| scenes.spawn_local(scene(step))).collect();
    scenes.await;
    for end in ends {
        end.await.unwrap();
    }
}

#[rstest]
#[case::create(Write::Create, STEPS)]
#[case::update(Write::Update, STEPS)]
#[case::park(Write::Park, STEPS)]
#[case::reactivate(Write::Reactivate, STEPS)]
#[case::delete(Write::Delete, STEPS)]
#[case::delete_group(Write::DeleteGroup, SAGA)]
#[case::members(Write::Members, STEPS)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_after_a_kill_converges(
    #[case] write: Write,
    #[case] steps: &'static [&'static str],
    #[values(Idp::Okta, Idp::Entra)] idp: Idp,
) {
    at_every(steps, |step| async move {
        let (scene, serving) = Scene::peopled().await;
        write.prepare(&scene, &serving).await;
        let point = format!("{}.{step}", write.name());
        serving.stop().await;
        killed_at(&point, write, &scene).await;
        converges(write, &scene, idp).await;
    })
    .await;
}

/// People and groups that nobody has written through the facade before.
#[rstest]
#[case::update(Write::Update, STEPS)]
#[case::park(Write::Park, STEPS)]
#[case::delete(Write::Delete, STEPS)]
#[case::delete_group(Write::DeleteGroup, SAGA)]
#[case::members(Write::Members, STEPS)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_write_survives_a_kill(#[case] write: Write, #[case] steps: &'static [&'static str]) {
    at_every(steps, |step| async move {
        let (scene, serving) = Scene::unwritten().await;
        let point = format!("{}.{step}", write.name());
        serving.stop().await;
        killed_at(&point, write, &scene).await;
        converges(write, &scene, Idp::Okta).await;
    })
    .await;
}

/// The program that settles is killed at the same point, too.
#[rstest]
#[case::park(Write::Park, &["begun", "asked"])]
#[case::reactivate(Write::Reactivate, &["begun"])]
#[case::delete(Write::Delete, &["begun", "asked"])]
#[case::delete_group(Write::DeleteGroup, &["begun", "asked"])]
#[case::members(Write::Members, &["begun", "asked"])]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settling_survives_a_kill(#[case] write: Write, #[case] steps: &'static [&'static str]) {
    at_every(steps, |step| async move {
        let (scene, serving) = Scene::peopled().await;
        write.prepare(&scene, &serving).await;
        let point = format!("{}.{step}", write.name());
        serving.stop().await;
        killed_at(&point, write, &scene).await;
        let mut settling = scene.serve(Some(&point)).await;
        stops_at(&point, &mut settling).await;
        settling.program.kill();
        converges(write, &scene, Idp::Okta).await;
    })
    .await;
}

/// Whoever comes back meets an object of the same name, which is adopted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_adoption_survives_a_kill() {
    at_every(STEPS, |step| async move {
        let (scene, serving) = Scene::peopled().await;
        Write::Reactivate.prepare(&scene, &serving).await;
        scene.happens(
            json!({"kind": "consoleCreatesUser", "name": "From a device", "email": "ada@example.com"}),
        );
        serving.stop().await;
        killed_at(&format!("adopt.{step}"), Write::Reactivate, &scene).await;
        converges(Write::Reactivate, &scene, Idp::Okta).await;
    })
    .await;
}

/// A program that is asked to stop while it settles ends soon, and the next one settles.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settling_survives_a_stop() {
    let (scene, serving) = Scene::peopled().await;
    serving.stop().await;
    killed_at("create.asked", Write::Create, &scene).await;
    scene.serve(None).await.stop().await;
    converges(Write::Create, &scene, Idp::Entra).await;
}

/// Sends a write to a program that stops at a point, and kills it there.
async fn killed_at(point: &str, write: Write, scene: &Scene) {
    let mut serving = scene.serve(Some(point)).await;
    let sent = Sent::send(serving.at, &write.call(scene)).await.unwrap();
    stops_at(point, &mut serving).await;
    serving.program.kill();
    assert!(sent.answer().await.is_none(), "{point}: nobody was answered");
}

async fn stops_at(point: &str, serving: &mut Serving) {
    assert_eq!(serving.program.says("stopped at a failpoint").await["point"], point);
}

/// A new program settles what was left, and a retry brings the write to its end.
async fn converges(write: Write, scene: &Scene, idp: Idp) {
    let serving = scene.serve(None).await;
    if write == Write::Park {
        assert_eq!(ada(scene, &serving).await.body["active"], json!(false), "journalled is shown");
    }
    // One of them comes back later, when everything is settled without it.
    if idp == Idp::Okta {
        if write.ends_access() {
            write.becomes_native(scene).await;
        }
        until("a round of settlement", || serving.program.has_said("settlement run").then_some(())).await;
        tells_the_truth(scene, &serving).await;
    }
    idp.retries(write, scene, &serving).await;
    write.is_done(scene, &serving).await;
    serving.stop().await;
    let open = scene.left_open().await;
    assert!(open.is_empty(), "{open:?}");
}

async fn ada(scene: &Scene, serving: &Serving) -> Reply {
    serving.get(&format!("/Users/{}", scene.ada)).await
}

/// What clients are told of ada is what there is natively, whatever became of the write.
async fn tells_the_truth(scene: &Scene, serving: &Serving) {
    let told = ada(scene, serving).await;
    let native = scene.sim().user_by_email("ada@example.com");
    match native {
        Some(native) => {
            assert_eq!((told.status, &told.body["displayName"]), (200, &json!(native.name)), "{told:?}");
            assert_eq!(told.body["active"], json!(true));
        }
        None => assert!(told.status == 404 || told.body["active"] == json!(false), "{told:?}"),
    }
}
