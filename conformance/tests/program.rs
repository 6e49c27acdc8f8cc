//! The program: its exit status, its forms of report, and what it never shows.

use std::process::{Command, Output};

use rstest::rstest;
use serde_json::Value;

use crate::fake::{Misbehaviour, Running, TOKEN};

fn run(url: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scim-conformance"))
        .args(["--url", url])
        .args(more)
        .env("SCIM_TOKEN", TOKEN)
        .output()
        .unwrap()
}

async fn against(bad: Misbehaviour, more: &'static [&'static str]) -> (i32, String) {
    let fake = Running::start(bad).await;
    let output = tokio::task::spawn_blocking(move || run(&fake.url, more)).await.unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_wrong_is_0_something_wrong_is_1() {
    let bad = Misbehaviour { forgets: "uniqueness", ..Misbehaviour::default() };
    assert_eq!(against(Misbehaviour::default(), &["--only", "create/"]).await.0, 0);
    let (code, text) = against(bad, &["--only", "create/"]).await;
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("expected  status 409") && text.contains("RFC 7644 §3.3"), "{text}");
}

#[rstest]
#[case(&["--token", "another-token"], "refuses the credential")]
#[case(&["--profile", "nobody"], "one of okta")]
#[case(&["--only", "no-such-check"], "no check has such a name")]
#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_run_is_2(#[case] more: &'static [&'static str], #[case] told: &str) {
    let (code, text) = against(Misbehaviour::default(), more).await;
    assert_eq!(code, 2, "{text}");
    assert!(text.contains(told), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_2() {
    let output = run("http://127.0.0.1:1", &[]);
    assert_eq!(output.status.code(), Some(2));
}

#[rstest]
#[case("text")]
#[case("json")]
#[case("junit")]
#[case("html")]
#[tokio::test(flavor = "multi_thread")]
async fn no_form_of_report_shows_the_token(#[case] form: &'static str) {
    let more: &'static [&'static str] = match form {
        "json" => &["--format", "json", "--only", "auth/", "--only", "create/unique"],
        "junit" => &["--format", "junit", "--only", "auth/", "--only", "create/unique"],
        "html" => &["--format", "html", "--only", "auth/", "--only", "create/unique"],
        _ => &["--format", "text", "--only", "auth/", "--only", "create/unique"],
    };
    // A server that tells the credential to everybody.
    let bad = Misbehaviour {
        forgets: "uniqueness",
        twist: Some(|question, answer| answer.body["told"] = question.header("authorization").into()),
        ..Misbehaviour::default()
    };
    let (code, text) = against(bad, more).await;
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("****") && !text.contains(TOKEN), "{text}");
    if form == "json" {
        let report: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(report["summary"]["fail"], 2);
    }
}
