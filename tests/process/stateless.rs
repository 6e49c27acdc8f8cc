//! A target of which nothing is remembered, as operators run it.

use scim_facade::kernel::{ClientName, Kind, ScimId, TargetName, Timestamp};
use scim_facade::store::sqlite::SqliteStore;
use scim_facade::store::{Op, Operation, OperationId, State, Store};
use serde_json::json;

use super::http::{Call, once};
use super::program::{Folder, Program, run};
use super::scene::{Serving, configuration};
use crate::support::world::{group, person};

/// The address under which these tests ask does not tell what is behind it.
const NAME: &str = "sophos";

fn off(folder: &Folder, more: &str) -> String {
    let whole = configuration("http://127.0.0.1:1", &folder.file("store.db"));
    let (before, _) = whole.split_once("[targets.sophos]").unwrap();
    let target = "[targets.sophos]\nbackend = \"memory\"\nshadow = \"off\"\n";
    folder.write("off.toml", &format!("{before}{target}{more}"))
}

fn text(bytes: &[u8]) -> String {
    // Lines are folded where the screen ends.
    String::from_utf8(bytes.to_vec()).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_file_knows_nothing_of_it() {
    let folder = Folder::make();
    let config = off(&folder, "");
    let mut program = Program::start(&["serve", "--config", &config], None);
    let base = program.says("serving").await["base"].as_str().unwrap().to_owned();
    let at = base.strip_prefix("http://").unwrap().parse().unwrap();
    let mut serving = Serving { program, at };
    let ada = serving.post("/Users", person("ada")).await.id();
    let staff = serving.post("/Groups", group("Staff", &[&ada])).await.id();
    let patch = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "value": {"active": false}}]});
    let switched = serving.call(&Call::new("PATCH", format!("/Users/{ada}"), Some(patch))).await;
    assert_eq!((switched.status, &switched.body["active"]), (200, &json!(false)), "{switched:?}");
    let paged = serving.get("/Users?cursor=&count=1").await;
    assert_eq!(paged.status, 200, "{paged:?}");
    assert_eq!(once(at, &Call::new("DELETE", format!("/Groups/{staff}"), None)).await.status, 204);
    let told = serving.program.says("audit").await;
    assert_eq!(
        (&told["scim_target"], &told["client"], &told["kind"]),
        (&json!(NAME), &json!("idp"), &json!("User"))
    );
    serving.stop().await;

    let store = SqliteStore::open(folder.file("store.db").as_ref()).await.unwrap();
    let target = TargetName::parse(NAME).unwrap();
    for kind in Kind::ALL {
        assert_eq!(store.count_in(&target, kind, &State::ALL).await.unwrap(), 0);
        assert_eq!(store.tombstones(&target, kind, Timestamp(0)).await.unwrap(), []);
    }
    assert_eq!(store.due_intents(&target, Timestamp(i64::MAX), 9).await.unwrap(), []);
    assert_eq!(store.audit(&target, 9).await.unwrap(), []);
    store.close().await;
}

#[tokio::test]
async fn check_tells_what_it_means() {
    let folder = Folder::make();
    let other = "[clients.entra]\ntoken_sha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"\n\
                 targets = [\"sophos\"]\n";
    let told = run(&["check", "--config", &off(&folder, other)]).await;
    let said = text(&told.stdout);
    assert_eq!(told.status.code(), Some(0), "{said}{}", text(&told.stderr));
    for words in [
        "shadow = \"off\"",
        "nothing is remembered",
        "entra, idp",
        "groups = \"own\"",
        "externalId is not kept",
    ] {
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
}

#[tokio::test]
async fn a_backend_that_needs_a_shadow_is_refused() {
    let folder = Folder::make();
    let config = configuration("http://127.0.0.1:1", &folder.file("store.db")) + "shadow = \"off\"\n";
    let config = folder.write("config.toml", &config);
    for command in ["check", "serve"] {
        let refused = run(&[command, "--config", &config]).await;
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{command}: {said}");
        assert!(
            said.contains("targets.sophos.shadow: is \"off\", but this product has no disabled state"),
            "{said}"
        );
    }
    let linked = ["--config", &off(&folder, ""), "--target", NAME, "--client", "idp"];
    let refused = run(&[&["link", "export", &folder.file("links.csv")][..], &linked].concat()).await;
    assert!(text(&refused.stderr).contains("nobody is linked there"), "{}", text(&refused.stderr));
}

#[tokio::test]
async fn an_end_of_access_that_is_still_to_be_done_is_not_left_behind() {
    let folder = Folder::make();
    let config = off(&folder, "");
    let store = SqliteStore::open(folder.file("store.db").as_ref()).await.unwrap();
    let change = Operation {
        id: OperationId("o1".to_owned()),
        target: TargetName::parse(NAME).unwrap(),
        group: ScimId::new("g1"),
        wish: "nobody is a member".to_owned(),
        client: ClientName::parse("idp").unwrap(),
        request: "r1".to_owned(),
        opened: Timestamp(0),
        until: None,
    };
    store.commit(vec![Op::Begin(Box::new(change))]).await.unwrap();
    store.close().await;
    let refused = run(&["serve", "--config", &config]).await;
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("wishes of this target that are not fulfilled"), "{said}");
}
