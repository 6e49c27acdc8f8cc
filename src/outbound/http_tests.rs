//! Over real loopback sockets: only there it shows what a broken connection looks like.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::outbound::{Base, Route};

const PATIENCE: Duration = Duration::from_secs(10);

/// Serves each connection with `serve`; gives the base URL.
async fn serve<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Base
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Base::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    base
}

async fn head(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await.unwrap() == 0 {
            break;
        }
        read.push(byte[0]);
    }
    String::from_utf8(read).unwrap()
}

fn request(base: &Base) -> Request {
    let headers =
        vec![("x-tenant-id", Header::Plain("t".to_owned())), ("authorization", Header::Secret("s".into()))];
    Request {
        method: Method::Delete,
        url: base.at(&Route::new("/x").query("ids", "a b")),
        headers,
        body: None,
    }
}

fn transport(max_answer: usize) -> HttpTransport {
    HttpTransport::new(&HttpConfig { max_answer, ..HttpConfig::default() }).unwrap()
}

async fn fails(base: &Base, timeout: Duration) -> TransportError {
    transport(1000).send(request(base), timeout).await.unwrap_err()
}

#[tokio::test]
async fn a_request_arrives_as_it_was_made() {
    let base = serve(|mut stream| async move {
        let head = head(&mut stream).await;
        let answer = format!("HTTP/1.1 418 x\r\nx-Echo: 1\r\ncontent-length: {}\r\n\r\n{head}", head.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
    })
    .await;
    let answer = transport(1000).send(request(&base), PATIENCE).await.unwrap();
    let head = String::from_utf8(answer.body.clone()).unwrap();
    assert!(head.starts_with("DELETE /x?ids=a%20b HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("x-tenant-id: t\r\n") && head.contains("authorization: s\r\n"), "{head}");
    assert_eq!((answer.status, answer.header("x-echo")), (418, Some("1")));
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let base = serve(|mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 302 x\r\nlocation: /y\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    })
    .await;
    assert_eq!(transport(1000).send(request(&base), PATIENCE).await.unwrap().status, 302);
}

#[tokio::test]
async fn an_answer_over_the_limit_is_not_read() {
    for told in [true, false] {
        let base = serve(move |mut stream| async move {
            head(&mut stream).await;
            let length = if told { "content-length: 3000\r\n" } else { "" };
            let _ = stream.write_all(format!("HTTP/1.1 200 x\r\n{length}\r\n").as_bytes()).await;
            let _ = stream.write_all(&[b'x'; 3000]).await;
        })
        .await;
        let error = fails(&base, PATIENCE).await;
        assert_eq!((error.kind, error.left), (NoAnswer::TooLarge, Left::Maybe), "{error}");
        assert_eq!(transport(3000).send(request(&base), PATIENCE).await.unwrap().body.len(), 3000);
    }
}

#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Base::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = fails(&base, PATIENCE).await;
    assert_eq!((error.kind, error.left), (NoAnswer::Connect, Left::No), "{error}");
}

#[tokio::test]
async fn a_failed_tls_handshake_sent_nothing() {
    let base = serve(|mut stream| async move {
        let _ = stream.write_all(b"this is no TLS\r\n\r\n").await;
    })
    .await;
    let base = Base::parse(&base.to_string().replace("http:", "https:")).unwrap();
    let error = fails(&base, PATIENCE).await;
    assert_eq!((error.kind, error.left), (NoAnswer::Connect, Left::No), "{error}");
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_may_have_done_it() {
    let base = serve(|mut stream| async move {
        head(&mut stream).await;
    })
    .await;
    let error = fails(&base, PATIENCE).await;
    assert_eq!((error.kind, error.left), (NoAnswer::Reset, Left::Maybe), "{error}");
    assert!(!error.log.contains("127.0.0.1"), "{error}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_may_have_been_a_yes() {
    let base = serve(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\nhalf").await;
    })
    .await;
    let error = fails(&base, PATIENCE).await;
    assert_eq!((error.kind, error.left), (NoAnswer::Reset, Left::Maybe), "{error}");
}

#[tokio::test]
async fn silence_is_a_timeout_that_may_have_done_it() {
    let base = serve(|mut stream| async move {
        head(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let error = fails(&base, Duration::from_millis(50)).await;
    assert_eq!((error.kind, error.left), (NoAnswer::Timeout, Left::Maybe), "{error}");
}

/// A server that answers each request on a connection with how many connections there were.
async fn counting() -> Base {
    let connections = Arc::new(AtomicUsize::new(0));
    serve(move |mut stream| {
        let number = connections.fetch_add(1, Ordering::Relaxed) + 1;
        async move {
            while !head(&mut stream).await.is_empty() {
                let answer = format!("HTTP/1.1 200 x\r\ncontent-length: 1\r\n\r\n{number}");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_runtime_keeps_connections_of_its_own() {
    let (base, transport) = (counting().await, transport(1000));
    let connection = async || transport.send(request(&base), PATIENCE).await.unwrap().body;
    let ours = [connection().await, connection().await];
    let webs = std::thread::scope(|scope| {
        let web = scope.spawn(|| {
            let web = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            web.block_on(async { [connection().await, connection().await] })
        });
        web.join().unwrap()
    });
    assert!(ours.iter().all(|connection| !webs.contains(connection)), "{ours:?} {webs:?}");
    assert!(!webs.contains(&connection().await), "it has ended with its runtime");
}

#[tokio::test]
async fn a_header_with_a_line_break_is_not_sent() {
    let mut request = request(&Base::known("unused.test"));
    request.headers.push(("x-tenant-id", Header::Plain("a\r\nx-evil: 1".to_owned())));
    let error = transport(1000).send(request, PATIENCE).await.unwrap_err();
    assert_eq!((error.kind, error.left), (NoAnswer::Malformed, Left::No));
}

#[test]
fn a_bad_proxy_is_told_without_its_password() {
    let config = HttpConfig { proxy: Some("http://u:secret@:bad".into()), ..HttpConfig::default() };
    let error = HttpTransport::new(&config).unwrap_err();
    assert!(!error.to_string().contains("secret") && !format!("{config:?}").contains("secret"));
}
