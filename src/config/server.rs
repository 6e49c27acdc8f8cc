//! `[server]` and `[log]`.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::problem::Problems;
use super::section::Section;
use super::url;

/// Listening, deadlines, threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// Where SCIM is served.
    pub listen: SocketAddr,
    /// Where `/metrics` and `/health/details` are served.
    pub admin_listen: SocketAddr,
    /// The start of every address that clients are given, without a slash at the end. `None`: what `listen` says; only
    /// on loopback.
    pub public_url: Option<String>,
    /// Whether something in front of us ends TLS.
    pub behind_tls_proxy: bool,
    /// How long a client waits for its answer at most.
    pub deadline: Duration,
    /// For how long `/health/ready` says `unavailable` before a stopping server refuses connections.
    pub drain: Duration,
    /// Threads that parse and render.
    pub workers: usize,
}

impl ServerConfig {
    /// The start of every address that clients are given, once it is known where we listen.
    pub fn base(&self, listening: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{listening}"))
    }
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// The form of a line.
    pub format: LogFormat,
    /// From which level on.
    pub level: LogLevel,
    /// Whether there is a line for each request that was served. Those that failed on our side have one in any case.
    pub access: bool,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For collectors.
    Json,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// What may need a look.
    Warn,
    /// One line a request, and what changed.
    #[default]
    Info,
    /// Every native call and repair too.
    Debug,
}

const KEYS: &[&str] =
    &["listen", "admin_listen", "public_url", "behind_tls_proxy", "deadline", "drain", "workers"];
const ADDRESS: &str = "must be an IP address and a port, like \"127.0.0.1:8080\" or \"0.0.0.0:8080\"";

pub(super) fn read(mut at: Section, problems: &mut Problems) -> Option<ServerConfig> {
    let listen = at.parsed("listen", ADDRESS, problems).unwrap_or_else(|| home(8080));
    let admin_listen = at.parsed("admin_listen", ADDRESS, problems).unwrap_or_else(|| home(9464));
    let given_url = at.string("public_url", problems);
    let behind_tls_proxy = at.boolean("behind_tls_proxy", problems).unwrap_or(false);
    let deadline = at.duration("deadline", "1s", "5m", problems).unwrap_or(Duration::from_secs(25));
    let drain = at.duration("drain", "0s", "5m", problems).unwrap_or(Duration::from_secs(1));
    let workers = at.number("workers", 1, 64, problems);

    if listen == admin_listen && listen.port() != 0 {
        problems.add(at.key("admin_listen"), "must differ from listen");
    }
    if !url::is_loopback(&listen) && !behind_tls_proxy {
        let advice = "listens beyond this machine without TLS: put a proxy that ends TLS in front and say \
                      behind_tls_proxy = true, or listen on 127.0.0.1";
        problems.add(at.key("listen"), advice);
    }
    if given_url.is_none() && !url::is_loopback(&listen) {
        let advice = "is missing: the address under which clients reach this, like \"https://scim.example.com\"; only on \
                      127.0.0.1 it can be left out";
        problems.add(at.key("public_url"), advice);
    }
    let public_url = given_url
        .and_then(|text| url::base(&text).map_err(|advice| problems.add(at.key("public_url"), advice)).ok());
    at.finish(KEYS, problems);
    let workers = workers.and_then(|count| usize::try_from(count).ok()).unwrap_or_else(processors);
    Some(ServerConfig { listen, admin_listen, public_url, behind_tls_proxy, deadline, drain, workers })
}

pub(super) fn read_log(mut at: Section, problems: &mut Problems) -> Option<LogConfig> {
    let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let levels = [("warn", LogLevel::Warn), ("info", LogLevel::Info), ("debug", LogLevel::Debug)];
    let format = at.word("format", &formats, problems).unwrap_or_default();
    let level = at.word("level", &levels, problems).unwrap_or_default();
    let access = at.boolean("access", problems).unwrap_or(true);
    at.finish(&["format", "level", "access"], problems);
    Some(LogConfig { format, level, access })
}

fn home(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(2, |count| count.get().min(16))
}
