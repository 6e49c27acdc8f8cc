//! Netskope over real HTTP.

use std::sync::{Arc, Mutex};

use simulator::faults::{Fault, Rule};
use simulator::netskope::{Netskope, Options};
use simulator::shell::{Server, serve, system_clock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn send(server: &Server, method: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nNetskope-Api-Token: netskope-token\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[tokio::test]
async fn answers_arrive_as_they_are_meant() {
    let netskope = Arc::new(Mutex::new(Netskope::new(Options::default())));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let shared = Arc::clone(&netskope);
    let server = serve(listener, shared, system_clock).await.unwrap();
    let (head, body) = send(&server, "GET", "/api/v2/scim/Users?count=1").await;
    assert!(head.starts_with("HTTP/1.1 200") && body.contains("\"totalResults\""), "{head}");
    assert!(head.contains("content-type: application/scim+json;charset=utf-8"), "{head}");

    let ben = netskope.lock().unwrap().user_by_email("ben.adler@example.com").unwrap().id;
    let (head, body) = send(&server, "DELETE", &format!("/api/v2/scim/Users/{ben}")).await;
    assert!(head.starts_with("HTTP/1.1 204") && body.is_empty(), "{head}");
    assert!(netskope.lock().unwrap().user_by_email("ben.adler@example.com").is_none());

    netskope.lock().unwrap().add_fault(Rule::once(Fault::Oversized { bytes: 100_000 }));
    let (_, body) = send(&server, "GET", "/api/v2/scim/Groups").await;
    assert_eq!(body.len(), 100_000);
    server.stop().await;
}
