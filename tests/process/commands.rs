//! The other commands, as operators run them.

use rstest::rstest;

use super::http::{Call, TOKEN_HASH, once};
use super::program::{Folder, run};
use super::scene::{Scene, configuration};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_program_on_a_store_is_refused() {
    let scene = Scene::empty().await;
    let serving = scene.serve(None).await;
    let second = run(&["serve", "--config", &scene.config]).await;
    let told = text(&second.stderr);
    assert_eq!(second.status.code(), Some(1), "{told}");
    assert!(told.contains("store.db is in use by another process"), "{told}");
    assert_eq!(once(serving.at, &Call::new("GET", "/Users", None)).await.status, 200, "the first goes on");
    serving.stop().await;
    scene.serve(None).await.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_reaches_the_backend() {
    let scene = Scene::empty().await;
    let good = run(&["check", "--config", &scene.config]).await;
    let told = text(&good.stdout);
    assert_eq!(good.status.code(), Some(0), "{told}{}", text(&good.stderr));
    assert!(told.contains("no problems") && told.contains("sophos: can be reached"), "{told}");
    assert!(!told.contains("sophos-secret"), "{told}");
    let wrong = std::fs::read_to_string(&scene.config).unwrap().replace("sophos-secret", "wrong");
    let refused = run(&["check", "--config", &scene.folder.write("wrong.toml", &wrong)]).await;
    let told = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert!(told.contains("can't be used: sophos"), "{told}");
}

#[tokio::test]
async fn every_problem_is_told_at_once() {
    let folder = Folder::make();
    let config = r#"
[server]
listen = "0.0.0.0:8080"
deadline = "soon"
[store]
[clients.idp]
token_sha256 = "short"
targets = ["nowhere"]
[targets.sophos]
backend = "sophos"
client_id = "sophos-client"
colour = "blue"
"#;
    let config = folder.write("config.toml", config);
    for command in ["check", "serve"] {
        let refused = run(&[command, "--config", &config]).await;
        let told = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{told}");
        for key in [
            "server.listen",
            "server.public_url",
            "server.deadline",
            "store",
            "clients.idp.token_sha256",
            "clients.idp.targets",
            "targets.sophos.client_secret",
            "targets.sophos.colour",
            "targets.sophos.deactivate",
        ] {
            assert!(told.contains(key), "{key} is not in {told}");
        }
    }
    let missing = run(&["check", "--config", &folder.file("none.toml")]).await;
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("none.toml can't be read"), "{}", text(&missing.stderr));
}

/// What a backend can't do is told for every target, before anything is asked or served.
#[tokio::test]
async fn what_a_backend_can_not_do_is_told_at_once() {
    let folder = Folder::make();
    let target = |name: &str, asked: &str| format!("[targets.{name}]\nbackend = \"memory\"\n{asked}\n");
    let config = format!(
        "[store]\nmemory = true\n[clients.idp]\ntoken_sha256 = \"{TOKEN_HASH}\"\ntargets = [\"one\"]\n{}{}",
        target("one", "match_on = \"shoe\""),
        target("two", "custom_attributes.badge.type = \"string\""),
    );
    let config = folder.write("config.toml", &config);
    for command in ["check", "serve"] {
        let refused = run(&[command, "--config", &config]).await;
        let told = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{told}");
        assert!(told.contains("targets.one.match_on: names \"shoe\", by which"), "{told}");
        assert!(told.contains("targets.two.custom_attributes: has no meaning here"), "{told}");
        assert!(!text(&refused.stdout).contains("no problems"), "{refused:?}");
    }
}

/// Semantics: `deactivate` has no default, and whoever has to choose is told what each choice destroys.
#[tokio::test]
async fn deactivate_has_to_be_chosen() {
    let folder = Folder::make();
    let config = configuration("http://127.0.0.1:1", &folder.file("store.db"));
    let config = folder.write("config.toml", &config.replace("deactivate = \"park\"", ""));
    let refused = run(&["serve", "--config", &config]).await;
    let told = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{told}");
    for word in ["deactivate", "park", "reject", "mailbox", "device"] {
        assert!(told.contains(word), "{word} is not in {told}");
    }
    assert!(!std::path::Path::new(&folder.file("store.db")).exists(), "nothing was started");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_token_opens_the_door() {
    let new = run(&["token", "new"]).await;
    assert_eq!(new.status.code(), Some(0));
    let told = text(&new.stdout);
    let lines: Vec<&str> = told.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let [_, token, _, line] = lines[..] else { panic!("{told}") };
    let scene = Scene::empty().await;
    let config = std::fs::read_to_string(&scene.config).unwrap();
    let config = config.replace(&format!("token_sha256 = \"{TOKEN_HASH}\""), line);
    std::fs::write(&scene.config, config).unwrap();
    let serving = scene.serve(None).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/sophos/scim/v2/Users", serving.at);
    let status =
        async |token: &str| http.get(&url).bearer_auth(token).send().await.unwrap().status().as_u16();
    assert_eq!((status(token).await, status("test").await), (200, 401));
}

/// A strict client gets the same stories, told without a dialect.
#[rstest]
#[case("tolerant")]
#[case("strict")]
#[tokio::test]
async fn the_demo_works_once(#[case] profile: &str) {
    let demo = run(&["demo", "--once", "--listen", "127.0.0.1:0", "--profile", profile]).await;
    assert_eq!(demo.status.code(), Some(0), "{}{}", text(&demo.stdout), text(&demo.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_are_imported_and_exported() {
    let (scene, serving) = Scene::unwritten().await;
    let people = format!(
        "userName,externalId,nativeId\nada@corp.example.com,00u1,{}\nnobody,x,{}\n",
        scene.ada, "00000000-0000-4000-8000-000000000000"
    );
    let file = scene.folder.write("people.csv", &people);
    let place = ["--config", &scene.config, "--target", "sophos", "--client", "idp"];
    let refused = run(&[&["link", "import", &file][..], &place].concat()).await;
    assert_eq!(refused.status.code(), Some(1), "the server has the store");
    serving.stop().await;

    let dry = run(&[&["link", "import", &file, "--dry-run"][..], &place].concat()).await;
    assert!(text(&dry.stdout).contains("1 would be linked"), "{}", text(&dry.stdout));
    let done = run(&[&["link", "import", &file][..], &place].concat()).await;
    let told = text(&done.stdout);
    assert_eq!(done.status.code(), Some(1), "{told}{}", text(&done.stderr));
    assert!(told.contains("row 3: the product has nobody") && told.contains("1 linked"), "{told}");

    let copy = scene.folder.file("copy.csv");
    let exported = run(&[&["link", "export", &copy][..], &place].concat()).await;
    assert_eq!(exported.status.code(), Some(0), "{}", text(&exported.stderr));
    let written = std::fs::read_to_string(&copy).unwrap();
    assert_eq!(written.lines().collect::<Vec<_>>(), people.lines().take(2).collect::<Vec<_>>());
    let again = run(&[&["link", "export", &copy][..], &place].concat()).await;
    assert_eq!(again.status.code(), Some(2), "no file is written over");
}
