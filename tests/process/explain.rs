//! `explain` as operators run it: beside a program that serves, without a trace.

use serde_json::{Value, json};

use super::http::Call;
use super::program::{Folder, run};
use super::scene::{Scene, configuration};

const OFF: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations":[{"op":"Replace","path":"active","value":"False"}]}"#;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The bytes of the store and of its log.
fn bytes(scene: &Scene) -> Vec<Option<Vec<u8>>> {
    ["store.db", "store.db-wal"].map(|name| std::fs::read(scene.folder.file(name)).ok()).to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_changes_nothing_beside_a_program_that_serves() {
    let (scene, serving) = Scene::peopled().await;
    let body = scene.folder.write("off.json", OFF);
    let (before, writes) = (bytes(&scene), scene.sim().journal().iter().filter(|entry| entry.write).count());
    let user = format!("/Users/{}", scene.ada);
    let team = format!("/Groups/{}", scene.engineers);
    for (request, told) in [
        (vec!["PATCH", user.as_str(), &format!("@{body}")], "DELETED in the product"),
        (vec!["patch", user.as_str(), OFF], "boolean_as_string"),
        (vec!["DELETE", user.as_str()], "mailbox"),
        (vec!["DELETE", team.as_str()], "memberships of a group: 2"),
        (vec!["GET", "/Users?filter=userName eq \"ada@example.com\""], "totalResults: 1"),
        (vec!["GET", "http://h.example.com/sophos/scim/v2/Users/x"], "404"),
        (vec!["POST", "/Users", "{"], "400 invalidSyntax"),
    ] {
        let mut arguments = vec!["explain", "--config", &scene.config, "--target", "sophos"];
        arguments.extend(request);
        let done = run(&arguments).await;
        let shown = text(&done.stdout);
        assert_eq!(done.status.code(), Some(0), "{shown}{}", text(&done.stderr));
        assert!(shown.contains(told), "{told} is not in {shown}");
        assert!(!shown.contains("example.com") && !shown.contains("sophos-secret"), "{shown}");
    }
    assert!(bytes(&scene) == before, "the store and its log are as they were");
    assert_eq!(scene.sim().journal().iter().filter(|entry| entry.write).count(), writes);
    let ada = serving.call(&Call::new("GET", user, None)).await;
    assert_eq!((ada.status, &ada.body["active"]), (200, &json!(true)));
    serving.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_needs_no_program_that_serves() {
    let (scene, serving) = Scene::peopled().await;
    let user = format!("/Users/{}", scene.ada);
    let explain = ["explain", "--json", "--config", &scene.config, "--target", "sophos", "PATCH", &user, OFF];
    let beside: Value = serde_json::from_slice(&run(&explain).await.stdout).unwrap();
    serving.stop().await;
    let before = bytes(&scene);
    let alone: Value = serde_json::from_slice(&run(&explain).await.stdout).unwrap();
    assert_eq!(alone, beside);
    assert_eq!(alone["decided"][0]["action"], json!("deactivate"));
    assert_eq!(bytes(&scene)[0], before[0]);
    scene.serve(None).await.stop().await;
    assert_eq!(scene.natives("ada"), 1);
}

#[tokio::test]
async fn misuse_is_told_apart_from_a_request_that_is_refused() {
    let folder = Folder::make();
    let config = folder.write("config.toml", &configuration("http://127.0.0.1:1", &folder.file("store.db")));
    let two = std::fs::read_to_string(&config).unwrap();
    let other = "[clients.other]\ntoken_sha256 = \"60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752\"\ntargets = [\"sophos\"]\n[targets.sophos]";
    let two = folder.write("two.toml", &two.replace("[targets.sophos]", other));
    for (arguments, told) in [
        (vec!["--config", &config, "--target", "nowhere", "GET", "/Users"], "[targets.nowhere]"),
        (vec!["--config", &config, "--target", "sophos", "HEAD", "/Users"], "the method"),
        (vec!["--config", &config, "--target", "sophos", "POST", "/Users", "@none.json"], "none.json"),
        (vec!["--config", &config, "--target", "sophos", "POST", "/Bulk", "{}"], "one request at a time"),
        (vec!["--config", &config, "--target", "sophos", "--client", "x", "GET", "/Users"], "idp"),
        (vec!["--config", &two, "--target", "sophos", "GET", "/Users"], "--client: idp, other"),
        (vec!["--config", &config, "--target", "sophos"], "<METHOD>"),
    ] {
        let done = run(&[vec!["explain"], arguments].concat()).await;
        let shown = text(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{shown}");
        assert!(shown.contains(told), "{told} is not in {shown}");
    }
    // Nobody answers there: that is an answer, too.
    let down = run(&["explain", "--config", &config, "--target", "sophos", "GET", "/Users"]).await;
    let shown = text(&down.stdout);
    assert_eq!(down.status.code(), Some(0), "{shown}{}", text(&down.stderr));
    assert!(shown.contains("429") && shown.contains("does not exist yet"), "{shown}");
    assert!(!std::path::Path::new(&folder.file("store.db")).exists(), "nothing is made");
}
