//! Looking after a store, as operators do it.

use std::process::Output;

use serde_json::json;

use super::http::Call;
use super::program::run;
use super::scene::{Scene, Serving};
use crate::support::world::person;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a command said, if it ended with this code.
#[track_caller]
fn told(output: &Output, code: i32) -> String {
    let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{told}");
    told
}

impl Scene {
    async fn reconcile(&self, step: &[&str]) -> Output {
        let arguments = ["reconcile", "--config", &self.config, "--target", "sophos"];
        run(&[&arguments, step].concat()).await
    }

    async fn backup(&self, to: &str) -> Output {
        run(&["store", "backup", "--config", &self.config, "--to", to]).await
    }

    async fn erase(&self, person: &str, more: &[&str]) -> Output {
        let arguments = ["erase", person, "--config", &self.config, "--target", "sophos"];
        run(&[&arguments, more].concat()).await
    }
}

async fn set(serving: &Serving, id: &str, value: serde_json::Value) -> u16 {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "value": value}],
    });
    serving.call(&Call::new("PATCH", format!("/Users/{id}"), Some(body))).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_is_copied_put_back_and_reconciled() {
    let (scene, serving) = Scene::peopled().await;
    let copy = scene.folder.file("copy.db");
    assert!(told(&scene.backup(&copy).await, 0).contains("whole: 4 people and groups"), "while it is served");
    assert!(told(&scene.backup(&copy).await, 1).contains("exists"));
    told(&run(&["store", "verify", "--config", &scene.config]).await, 0);
    assert!(told(&run(&["store", "verify", "--file", &copy]).await, 0).contains("a copy made at "));
    // Life goes on.
    assert_eq!(set(&serving, &scene.ada, json!({"active": false})).await, 200);
    assert_eq!(set(&serving, &scene.bob, json!({"displayName": "Bob King"})).await, 200);
    assert_eq!(serving.post("/Users", person("new")).await.status, 201);
    serving.stop().await;

    std::fs::copy(&copy, scene.folder.file("store.db")).unwrap();
    let mut serving = scene.serve(None).await;
    let alarm = serving.program.says("the store was put back from a backup").await;
    assert_eq!((&alarm["level"], &alarm["alarm"]), (&json!("ERROR"), &json!("store_restored")));
    assert_eq!(serving.get(&format!("/Users/{}", scene.bob)).await.status, 200);
    let write = Call::new("DELETE", format!("/Users/{}", scene.bob), None);
    let refused = super::http::once(serving.at, &write).await;
    assert_eq!(refused.status, 429);
    assert!(refused.body["detail"].as_str().unwrap().contains("reconcile"), "{refused:?}");

    let plan = told(&scene.reconcile(&["--plan"]).await, 0);
    for line in [
        "restored from a copy",
        "is gone: forgotten",
        "has other values of name",
        "2 to reconcile, 0 of them",
    ] {
        assert!(plan.contains(line), "{line} is not in {plan}");
    }
    assert!(!plan.contains("example.com") && !plan.contains("King"), "never values: {plan}");
    let digest = plan.lines().find_map(|line| line.strip_prefix("digest ")).unwrap();
    assert!(told(&scene.reconcile(&["--apply", digest]).await, 1).contains("stop `scim-facade serve`"));
    serving.stop().await;
    assert!(told(&scene.reconcile(&["--apply", "0123"]).await, 1).contains("another one by now"));
    assert!(told(&scene.reconcile(&["--apply", digest]).await, 0).contains("2 reconciled"));

    let serving = scene.serve(None).await;
    assert_eq!(serving.get(&format!("/Users/{}", scene.ada)).await.status, 404);
    assert_eq!(scene.natives("ada") + scene.natives("bob") + scene.natives("new"), 2);
    assert_eq!(set(&serving, &scene.bob, json!({"title": "Duke"})).await, 200);
    serving.stop().await;
}

/// Copied by hand, without our help.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_put_back_by_hand_is_read_only() {
    let (scene, serving) = Scene::peopled().await;
    serving.stop().await;
    let (file, copy) = (scene.folder.file("store.db"), scene.folder.file("by-hand.db"));
    std::fs::copy(&file, &copy).unwrap();
    scene.serve(None).await.stop().await;
    std::fs::copy(&copy, &file).unwrap();
    let serving = scene.serve(None).await;
    let write = Call::new("DELETE", format!("/Users/{}", scene.bob), None);
    assert_eq!(super::http::once(serving.at, &write).await.status, 429);
    assert_eq!(scene.natives("bob"), 1);
    serving.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_not_whole_is_told_by_the_exit_code() {
    let (scene, serving) = Scene::peopled().await;
    serving.stop().await;
    let file = scene.folder.file("store.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    bytes[half..half + 8192].fill(0xA5);
    std::fs::write(&file, bytes).unwrap();
    told(&run(&["store", "verify", "--file", &file]).await, 1);
    told(&run(&["store", "verify", "--file", &scene.folder.file("none.db")]).await, 1);
    told(&run(&["store", "verify"]).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_erased() {
    let (scene, serving) = Scene::peopled().await;
    assert!(told(&scene.erase("ada@example.com", &[]).await, 1).contains("stop `scim-facade serve`"));
    assert_eq!(
        set(&serving, &scene.ada, json!({"active": false, "title": "Countess of Lovelace"})).await,
        200
    );
    serving.stop().await;
    assert!(told(&scene.erase("nobody@example.com", &[]).await, 1).contains("no record"));
    assert!(told(&scene.erase("ext-bob", &[]).await, 1).contains("--keep-native"));
    told(&scene.erase("ext-bob", &["--keep-native"]).await, 0);
    assert_eq!(scene.natives("bob"), 1);
    told(&scene.erase("ADA@example.com", &[]).await, 0);
    told(&run(&["store", "verify", "--config", &scene.config]).await, 0);
    let bytes = std::fs::read(scene.folder.file("store.db")).unwrap();
    let holds = |value: &str| bytes.windows(value.len()).any(|window| window == value.as_bytes());
    assert!(holds("eve@example.com"));
    for value in
        ["ada@example.com", "ext-ada", "ada Example", "Countess of Lovelace", "bob@example.com", "ext-bob"]
    {
        assert!(!holds(value), "{value}");
    }
    let serving = scene.serve(None).await;
    assert_eq!(serving.get(&format!("/Users/{}", scene.ada)).await.status, 404);
    serving.stop().await;
}
