//! `check`, as operators run it before they serve.

use std::process::Output;
use std::sync::{Arc, Mutex};

use rstest::rstest;
use simulator::netskope::{Netskope, Options, Seed};
use simulator::shell;

use super::http::TOKEN_HASH;
use super::program::{Folder, run};

/// A simulated Netskope on a port.
async fn netskope() -> (Arc<Mutex<Netskope>>, shell::Server, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sim = Arc::new(Mutex::new(Netskope::new(Options { seed: Seed::Sample, ..Options::default() })));
    let shared: shell::Shared = sim.clone();
    (sim, shell::serve(listener, shared, shell::system_clock).await.unwrap(), url)
}

async fn check(url: &str, token: &str, more: &str) -> Output {
    let folder = Folder::make();
    let config = format!(
        r#"
[store]
memory = true
[clients.idp]
token_sha256 = "{TOKEN_HASH}"
targets = ["netskope"]
[targets.netskope]
backend = "netskope"
url = "{url}"
token = "{token}"
{more}
"#
    );
    run(&["check", "--config", &folder.write("config.toml", &config)]).await
}

fn text(bytes: &[u8]) -> String {
    // Lines are wrapped for terminals.
    String::from_utf8(bytes.to_vec()).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What operators trip over is told, and nothing is changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_operators_of_netskope_trip_over() {
    let (sim, _server, url) = netskope().await;
    let before = sim.lock().unwrap().users();
    let checked = check(&url, "netskope-scim", "").await;
    let told = text(&checked.stdout);
    assert_eq!(checked.status.code(), Some(0), "{told} {}", text(&checked.stderr));
    for expected in [
        "netskope: can be reached",
        "warning: when the token ends is not known",
        "warning: people and groups that SCIM makes are locked in Netskope's console",
        "warning: making a person can send them an invitation to enrol",
        "people that SCIM manages",
        "groups that SCIM manages",
    ] {
        assert!(told.contains(expected), "{expected:?} is not in {told}");
    }
    assert!(!told.contains("netskope-scim") && !told.contains("failure"), "{told}");
    assert_eq!(sim.lock().unwrap().users(), before);
    let dated = check(&url, "netskope-scim", "token_expires = \"2099-12-31\"").await;
    let told = text(&dated.stdout);
    assert!(told.contains("the token ends on 2099-12-31") && !told.contains("is not known"), "{told}");
}

/// Each route has a scope of its own.
#[rstest]
#[case("netskope-users-only", &["the token may not ask for groups", "/api/v2/scim/Groups"])]
#[case("netskope-groups-only", &["the token may not ask for people", "/api/v2/scim/Users"])]
#[case("netskope-readonly", &["the token may read people and not change them", "the token may read groups and not"])]
#[case("netskope-expired", &["Netskope refuses the token: it has ended"])]
#[case("netskope-elsewhere", &["this machine's address is not on its list"])]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_may_not_what_it_must(#[case] token: &str, #[case] expected: &[&str]) {
    let (_sim, _server, url) = netskope().await;
    let checked = check(&url, token, "").await;
    let told = text(&checked.stdout);
    assert_eq!(checked.status.code(), Some(1), "{told}");
    assert!(told.contains("netskope: can be reached, but not used as it is"), "{told}");
    expected.iter().for_each(|line| assert!(told.contains(line), "{line:?} is not in {told}"));
    assert!(text(&checked.stderr).contains("can't be used: netskope"), "{checked:?}");
}

/// The look-up by e-mail address takes a scope that the rest does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scope_of_the_look_up_by_address() {
    let (_sim, _server, url) = netskope().await;
    let wanted = "user_management = true";
    let may = check(&url, "netskope-token", wanted).await;
    assert_eq!(may.status.code(), Some(0), "{may:?}");
    let may_not = check(&url, "netskope-scim", wanted).await;
    let told = text(&may_not.stdout);
    assert_eq!(may_not.status.code(), Some(1), "{told}");
    assert!(told.contains("failure: the token may not use the User-Management API"), "{told}");
}

/// Attributes are declared within what Netskope takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declaration_that_netskope_does_not_take() {
    let (_sim, _server, url) = netskope().await;
    let fits =
        check(&url, "netskope-scim", "custom_attributes.badge = { type = \"string\", max_length = 64 }")
            .await;
    assert_eq!(fits.status.code(), Some(0), "{fits:?}");
    let long = "custom_attributes.badge = { type = \"string\", max_length = 65 }";
    let refused = check(&url, "netskope-scim", long).await;
    let told = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{told}");
    assert!(told.contains("targets.netskope.custom_attributes.badge: has max_length = 65"), "{told}");
}
