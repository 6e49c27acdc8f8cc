//! Clients that go and programs that are stopped in the middle of a write: the write completes.

use std::time::Duration;

use rstest::rstest;
use scim_facade::kernel::{Clock, SystemClock};
use tokio::io::AsyncWriteExt;

use super::http::{Call, Sent, once};
use super::scene::{Scene, Serving};
use super::writes::Write;

const SLOW: Duration = Duration::from_millis(600);

/// A request whose native write is under way.
async fn under_way(write: Write) -> (Scene, Serving, Sent) {
    let (scene, serving) = Scene::peopled().await;
    write.prepare(&scene, &serving).await;
    scene.slow_writes(SLOW);
    let sent = Sent::send(serving.at, &write.call(&scene)).await.unwrap();
    scene.write_under_way().await;
    (scene, serving, sent)
}

async fn done(write: Write, scene: &Scene, serving: Serving) {
    scene.sim().clear_faults();
    write.is_done(scene, &serving).await;
    serving.stop().await;
    let open = scene.left_open().await;
    assert!(open.is_empty(), "{write:?}: {open:?}");
}

/// RST. The same request again, at once and later, is told the outcome.
async fn reset(write: Write) {
    let (scene, serving, sent) = under_way(write).await;
    sent.reset();
    let again = serving.call(&write.call(&scene)).await;
    assert_eq!(again.status, write.success(), "{write:?} {again:?}");
    write.becomes_native(&scene).await;
    let later = serving.call(&write.call(&scene)).await;
    match write {
        // The server may see the new connection before the reset: the second request is then one of its own, is told that it
        // made the person, and a third one asks for a person who exists.
        Write::Create if later.status == 409 => {
            let detail = later.body["detail"].as_str().unwrap();
            assert!(detail.contains(&again.id()), "{later:?}");
        }
        Write::Create => assert_eq!((later.status, later.id()), (201, again.id())),
        Write::Delete | Write::DeleteGroup => assert_eq!(later.status, 204, "{write:?} {later:?}"),
        _ => assert_eq!(later.status, write.success(), "{write:?} {later:?}"),
    }
    done(write, &scene, serving).await;
}

/// RST, and nobody asks again before the write has ended.
async fn reset_for_a_while(write: Write) {
    let (scene, serving, sent) = under_way(write).await;
    sent.reset();
    scene.sim().clear_faults();
    SystemClock.sleep(SLOW * 2).await;
    assert!(write.is_native(&scene), "{write:?}");
    let later = serving.call(&write.call(&scene)).await;
    assert_eq!(later.status, write.success(), "{write:?} {later:?}");
    if write == Write::Create {
        assert_eq!(later.body["id"], serving.look_up("ned").await[0]["id"]);
    }
    done(write, &scene, serving).await;
}

/// FIN from a client that reads on: it is answered.
async fn half_closed(write: Write) {
    let (scene, serving, mut sent) = under_way(write).await;
    sent.close_half().await;
    let answer = sent.answer().await.unwrap_or_else(|| panic!("{write:?}: no answer"));
    assert_eq!(answer.status, write.success(), "{write:?} {answer:?}");
    done(write, &scene, serving).await;
}

/// SIGTERM: whoever waits is answered, the program ends well, and nothing is left open.
async fn terminated(write: Write) {
    let (scene, serving, sent) = under_way(write).await;
    serving.program.terminate();
    let answer = sent.answer().await.unwrap_or_else(|| panic!("{write:?}: no answer"));
    assert_eq!(answer.status, write.success(), "{write:?} {answer:?}");
    ended(write, &scene, serving).await;
}

/// RST, then SIGTERM: nobody waits, the write completes all the same.
async fn reset_and_terminated(write: Write) {
    let (scene, serving, sent) = under_way(write).await;
    sent.reset();
    serving.program.terminate();
    ended(write, &scene, serving).await;
}

async fn ended(write: Write, scene: &Scene, serving: Serving) {
    let status = serving.program.ended().await;
    assert_eq!(status.code(), Some(0), "{write:?}");
    let open = scene.left_open().await;
    assert!(open.is_empty(), "{write:?}: {open:?}");
    scene.sim().clear_faults();
    let serving = scene.serve(None).await;
    write.is_done(scene, &serving).await;
}

#[rstest]
#[case::create(Write::Create)]
#[case::update(Write::Update)]
#[case::park(Write::Park)]
#[case::reactivate(Write::Reactivate)]
#[case::delete(Write::Delete)]
#[case::delete_group(Write::DeleteGroup)]
#[case::members(Write::Members)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_is_left_completes(#[case] write: Write) {
    tokio::join!(
        reset(write),
        reset_for_a_while(write),
        half_closed(write),
        terminated(write),
        reset_and_terminated(write)
    );
}

/// The health endpoint says so before connections are refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_program_is_not_ready() {
    let scene = Scene::empty().await;
    let text = std::fs::read_to_string(&scene.config).unwrap().replace("drain = \"0s\"", "drain = \"2s\"");
    std::fs::write(&scene.config, text).unwrap();
    let serving = scene.serve(None).await;
    serving.program.terminate();
    let ready = Call::new("GET", "/health/ready", None);
    let mut seen = 0;
    while seen != 503 {
        seen = once(serving.at, &ready).await.status;
    }
    assert_eq!(serving.program.ended().await.code(), Some(0));
}

/// Connections that say nothing, or only half of a request, don't hold a program that is asked to stop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_clients_do_not_hold_a_stopping_program() {
    let scene = Scene::empty().await;
    let serving = scene.serve(None).await;
    let mut idle = Vec::new();
    for text in
        ["", "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n", "POST /sophos/scim/v2/Users HTTP/1.1\r\nHo"]
    {
        let mut stream = tokio::net::TcpStream::connect(serving.at).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        idle.push(stream);
    }
    let begun = SystemClock.now();
    serving.stop().await;
    assert!(SystemClock.now().since(begun) < Duration::from_secs(10));
}
