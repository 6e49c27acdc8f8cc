//! A simulator on a TCP port.
//!
//! This is the only part that touches the network and the clock. It carries out what the simulator asks for: answers
//! that come late, connections that are reset, answers that never come.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::Simulator;
use crate::http::{Effect, Request, Response};

const BODY_LIMIT: usize = 10 * 1024 * 1024;
/// After a failed accept (out of file descriptors, say), to not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// A simulator that all connections share, and that a test can look into.
pub type Shared = Arc<Mutex<dyn Simulator>>;

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Server {
    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the listener and every connection, and waits until they are closed.
    pub async fn stop(mut self) {
        self.accepting.abort();
        // The task was aborted on purpose: its result says nothing.
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Serves the simulator on the listener until the returned handle is stopped or dropped.
///
/// # Errors
/// When the listener has no local address.
pub async fn serve(listener: TcpListener, simulator: Shared, clock: fn() -> i64) -> io::Result<Server> {
    let address = listener.local_addr()?;
    let accepting = tokio::spawn(accept(listener, simulator, clock));
    Ok(Server { address, accepting })
}

/// The real time in microseconds since 1970, for [`serve`].
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place of the simulators that reads the clock")]
pub fn system_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "a delay on a real socket is a wait in real time")]
async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Connections live in the set, so ending this task ends them too.
async fn accept(listener: TcpListener, simulator: Shared, clock: fn() -> i64) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, Arc::clone(&simulator), clock));
            }
            Err(_) => wait(ACCEPT_PAUSE).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Why a connection ends without an answer.
#[derive(Debug)]
struct Reset;

impl std::fmt::Display for Reset {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("connection reset on purpose")
    }
}

impl std::error::Error for Reset {}

async fn connection(stream: TcpStream, simulator: Shared, clock: fn() -> i64) {
    // Small answers must not wait for more; a socket that cannot do that still works.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(request, Arc::clone(&simulator), clock));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if (&mut connection).await.is_err_and(|error| error.is_user()) {
        // Closing with a linger time of zero sends a reset instead of an orderly end.
        let _ = connection.into_parts().io.inner().set_zero_linger();
    }
}

async fn answer(
    request: hyper::Request<Incoming>,
    simulator: Shared,
    clock: fn() -> i64,
) -> Result<hyper::Response<Full<Bytes>>, Reset> {
    let Ok(request) = read(request).await else {
        return Ok(plain(413));
    };
    let (response, effect) = {
        let mut simulator = simulator.lock().unwrap_or_else(PoisonError::into_inner);
        simulator.handle(clock(), &request)
    };
    match effect {
        Effect::Send => {}
        Effect::Delay(time) => wait(time).await,
        Effect::ResetBefore | Effect::ResetAfter => return Err(Reset),
        Effect::HangBefore | Effect::HangAfter => match never().await {},
    }
    Ok(written(response))
}

async fn never() -> Infallible {
    pending().await
}

async fn read(
    request: hyper::Request<Incoming>,
) -> Result<Request, Box<dyn std::error::Error + Send + Sync>> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await?.to_bytes().to_vec();
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    Ok(Request {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers,
        body,
    })
}

fn written(response: Response) -> hyper::Response<Full<Bytes>> {
    let mut builder = hyper::Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(Bytes::from(response.body))).unwrap_or_else(|_| plain(500))
}

fn plain(status: u16) -> hyper::Response<Full<Bytes>> {
    let mut response = hyper::Response::new(Full::new(Bytes::new()));
    *response.status_mut() =
        hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    response
}
