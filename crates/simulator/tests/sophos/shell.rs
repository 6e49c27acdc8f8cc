//! The simulator over real HTTP.

use std::io::ErrorKind;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use simulator::faults::{Fault, Rule};
use simulator::shell::{Server, serve, system_clock};
use simulator::sophos::{Options, Seed, Sophos};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

async fn start() -> (Server, Arc<Mutex<Sophos>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let public_base = format!("http://{}", listener.local_addr().unwrap());
    let sophos = Sophos::new(Options { public_base, seed: Seed::Sample, ..Options::default() });
    let sophos = Arc::new(Mutex::new(sophos));
    let shared = Arc::clone(&sophos);
    (serve(listener, shared, system_clock).await.unwrap(), sophos)
}

/// Sends one request on a new connection and reads until the connection ends.
async fn send(
    server: &Server,
    method: &str,
    target: &str,
    headers: &str,
    body: &str,
) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(server.address()).await?;
    let length = body.len();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

fn body(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

async fn token(server: &Server) -> String {
    let form =
        "grant_type=client_credentials&client_id=sophos-client&client_secret=sophos-secret&scope=token";
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let answer = send(server, "POST", "/id/api/v2/oauth2/token", kind, form).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    body(&answer)["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn requests_work_end_to_end() {
    let (server, sophos) = start().await;
    let bearer = format!("Authorization: Bearer {}\r\n", token(&server).await);
    let whoami = body(&send(&server, "GET", "/global/whoami/v1", &bearer, "").await.unwrap());
    let region = whoami["apiHosts"]["dataRegion"].as_str().unwrap().to_owned();
    assert_eq!(region, format!("http://{}/eu01", server.address()));
    let headers = format!("{bearer}X-Tenant-ID: {}\r\n", whoami["id"].as_str().unwrap());
    let target = "/eu01/common/v1/directory/users?search=ben&pageSize=1";
    let answer = send(&server, "GET", target, &headers, "").await.unwrap();
    assert!(answer.contains("x-request-id: "));
    assert_eq!(body(&answer)["items"][0]["name"], "Ben Adler");
    let journal = sophos.lock().unwrap().journal();
    assert_eq!(journal.last().unwrap().query.as_deref(), Some("search=ben&pageSize=1"));
}

#[tokio::test]
async fn resets_are_resets() {
    let (server, sophos) = start().await;
    for fault in [Fault::ResetBefore, Fault::ResetAfter] {
        sophos.lock().unwrap().add_fault(Rule::once(fault));
        let error = send(&server, "GET", "/global/whoami/v1", "", "").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
    let answer = send(&server, "GET", "/global/whoami/v1", "", "").await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"));
}

#[tokio::test]
async fn hangs_hang_and_delays_end() {
    let (server, sophos) = start().await;
    sophos.lock().unwrap().add_fault(Rule::once(Fault::Hang { applied: false }));
    let hanging = send(&server, "GET", "/global/whoami/v1", "", "");
    assert!(timeout(Duration::from_millis(50), hanging).await.is_err());
    sophos.lock().unwrap().add_fault(Rule::once(Fault::DelayMs { ms: 50 }));
    let before = system_clock();
    assert!(send(&server, "GET", "/global/whoami/v1", "", "").await.unwrap().starts_with("HTTP/1.1 401"));
    assert!(system_clock() - before >= 50_000);
}

#[tokio::test]
async fn stopping_ends_everything() {
    let (server, sophos) = start().await;
    sophos.lock().unwrap().add_fault(Rule::once(Fault::Hang { applied: false }));
    let address = server.address();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /global/whoami/v1 HTTP/1.1\r\nHost: sim\r\n\r\n").await.unwrap();
    while sophos.lock().unwrap().journal().is_empty() {
        tokio::task::yield_now().await;
    }
    server.stop().await;
    let mut rest = Vec::new();
    let ended = timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.unwrap();
    assert!(ended.is_err() || rest.is_empty());
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn control_works_and_big_bodies_do_not() {
    let (server, sophos) = start().await;
    let kind = "Content-Type: application/json\r\n";
    let switch = json!({"embeddedLimit": 5}).to_string();
    let answer = send(&server, "PUT", "/_control/switches", kind, &switch).await.unwrap();
    assert_eq!(body(&answer)["embeddedLimit"], 5);
    assert_eq!(sophos.lock().unwrap().switches().embedded_limit, 5);
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let head =
        "POST /eu01/common/v1/directory/users HTTP/1.1\r\nHost: sim\r\nContent-Length: 99999999\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    let chunk = vec![b'x'; 1 << 20];
    let writer = async {
        for _ in 0..20 {
            if stream.write_all(&chunk).await.is_err() {
                break;
            }
        }
        stream.read_exact(&mut start).await
    };
    if timeout(Duration::from_secs(5), writer).await.unwrap().is_ok() {
        assert_eq!(&start, b"HTTP/1.1 413");
    }
}
