//! The servers, on threads of their own, away from the runtime on which the work is done.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt};
use tokio::sync::oneshot;

use super::{Web, config_admin, config_app};

/// How long a client may take to send the head of a request.
const SLOWEST_HEAD: Duration = Duration::from_secs(10);
/// How long a client may take to close after an answer that ends the connection.
const SLOWEST_END: Duration = Duration::from_secs(1);
/// For how long an idle connection is kept: longer than the pauses within a provisioning run.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// For how long a stopping server lets answers leave. Requests are waited for elsewhere.
const LAST_WORDS: u64 = 2;

/// What to serve, and where.
pub struct Plan {
    /// For clients.
    pub scim: TcpListener,
    /// For operators.
    pub admin: TcpListener,
    /// Threads that parse and render.
    pub workers: usize,
    /// What the handlers need.
    pub web: Arc<Web>,
}

/// Running servers.
pub struct Listening {
    scim: ServerHandle,
    admin: ServerHandle,
    thread: JoinHandle<io::Result<()>>,
    web: Arc<Web>,
}

/// Starts the servers.
///
/// # Errors
/// When a thread or a server can't be started.
pub async fn listen(plan: Plan) -> io::Result<Listening> {
    let (started, handles) = oneshot::channel();
    let web = Arc::clone(&plan.web);
    let thread = std::thread::Builder::new().name("web".to_owned()).spawn(move || run(plan, started))?;
    match handles.await {
        Ok((scim, admin)) => Ok(Listening { scim, admin, thread, web }),
        // The thread ended before it could say anything.
        Err(_) => {
            Err(joined(thread).err().unwrap_or_else(|| io::Error::other("the web server did not start")))
        }
    }
}

fn run(plan: Plan, started: oneshot::Sender<(ServerHandle, ServerHandle)>) -> io::Result<()> {
    let Plan { scim, admin, workers, web } = plan;
    rt::System::new().block_on(async move {
        let for_admin = Arc::clone(&web);
        let scim = HttpServer::new(move || App::new().configure(|app| config_app(app, Arc::clone(&web))))
            .workers(workers)
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(SLOWEST_HEAD)
            .client_disconnect_timeout(SLOWEST_END)
            .shutdown_timeout(LAST_WORDS)
            .disable_signals()
            .listen(scim)?
            .run();
        let admin =
            HttpServer::new(move || App::new().configure(|app| config_admin(app, Arc::clone(&for_admin))))
                .workers(1)
                .client_request_timeout(SLOWEST_HEAD)
                .shutdown_timeout(LAST_WORDS)
                .disable_signals()
                .listen(admin)?
                .run();
        // Nobody waits any more only if the program is ending anyway.
        let _ = started.send((scim.handle(), admin.handle()));
        let (scim, admin) = tokio::join!(scim, admin);
        scim.and(admin)
    })
}

impl Listening {
    /// Stops: not ready; after `drain`, no new connections; whoever is being answered is answered, for at most the
    /// deadline of a request; then the listeners close. Writes whose clients are gone may still be running.
    ///
    /// # Errors
    /// When a server had failed.
    pub async fn stop(self, drain: Duration) -> io::Result<()> {
        let Self { scim, admin, thread, web } = self;
        web.gate.close();
        web.clock.sleep(drain).await;
        scim.pause().await;
        tokio::select! {
            () = web.gate.answered() => {}
            () = web.clock.sleep(web.deadline) => {}
        }
        scim.stop(true).await;
        admin.stop(true).await;
        joined(thread)
    }

    /// Whether the servers ended by themselves.
    pub fn has_failed(&self) -> bool {
        self.thread.is_finished()
    }
}

fn joined(thread: JoinHandle<io::Result<()>>) -> io::Result<()> {
    thread.join().unwrap_or_else(|_| Err(io::Error::other("the web server panicked")))
}
