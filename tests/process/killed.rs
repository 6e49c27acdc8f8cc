//! SIGKILL at the named points of every kind of write, then a new program on the same store, then a retry.

use rstest::rstest;
use serde_json::json;
use tokio::task::LocalSet;

use super::http::Sent;
use super::retry::Idp;
use super::scene::Scene;
use super::writes::Write;

#[rstest]
#[case::create(Write::Create, &["begun", "asked", "stored"])]
#[case::update(Write::Update, &["begun", "asked", "stored"])]
#[case::park(Write::Park, &["begun", "asked", "stored"])]
#[case::reactivate(Write::Reactivate, &["begun", "asked", "stored"])]
#[case::delete(Write::Delete, &["begun", "asked", "stored"])]
#[case::delete_group(Write::DeleteGroup, &["begun", "emptied", "asked", "stored"])]
#[case::members(Write::Members, &["begun", "asked", "stored"])]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_after_a_kill_converges(#[case] write: Write, #[case] steps: &'static [&'static str]) {
    let scenes = LocalSet::new();
    let mut ends = Vec::new();
    for step in steps {
        for idp in [Idp::Okta, Idp::Entra] {
            ends.push(scenes.spawn_local(killed_at(write, step, idp)));
        }
    }
    scenes.await;
    for end in ends {
        end.await.unwrap();
    }
}

async fn killed_at(write: Write, step: &'static str, idp: Idp) {
    let (scene, serving) = Scene::peopled().await;
    write.prepare(&scene, &serving).await;
    serving.stop().await;
    let point = format!("{}.{step}", write.name());
    let mut serving = scene.serve(Some(&point)).await;
    let sent = Sent::send(serving.at, &write.call(&scene)).await.unwrap();
    let told = serving.program.says("stopped at a failpoint").await;
    assert_eq!(told["point"], point.as_str());
    serving.program.kill();
    assert!(sent.answer().await.is_none(), "{point}: nobody was answered");

    let serving = scene.serve(None).await;
    if write == Write::Park {
        let ada = serving.get(&format!("/Users/{}", scene.ada)).await;
        assert_eq!(ada.body["active"], json!(false), "{point}: journalled is shown");
    }
    if write.ends_access() {
        write.becomes_native(&scene).await;
    }
    idp.retries(write, &scene, &serving).await;
    write.is_done(&scene, &serving).await;
    serving.stop().await;
    let open = scene.left_open().await;
    assert!(open.is_empty(), "{point}: {open:?}");
}
