//! The program as a child process: what it logs, and how it ends.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scim_facade::kernel::{Clock, SystemClock};
use serde_json::Value;

/// Nothing here takes longer, on a busy machine too.
pub const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Waits until there is something; panics after [`PATIENCE`].
pub async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = SystemClock.now();
    while SystemClock.now().since(begun) < PATIENCE {
        if let Some(found) = look() {
            return found;
        }
        SystemClock.sleep(LOOK_EVERY).await;
    }
    panic!("waited in vain: {what}");
}

/// A running program, killed when it is dropped.
pub struct Program {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Program {
    /// Starts it; with a failpoint it stops there for ever.
    pub fn start(arguments: &[&str], failpoint: Option<&str>) -> Self {
        let mut child = command(arguments)
            .envs(failpoint.map(|point| ("SCIM_FACADE_FAILPOINT", point)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (log, lines) = (Arc::new(Mutex::new(Vec::new())), BufReader::new(child.stderr.take().unwrap()));
        let written = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                written.lock().unwrap().push(line);
            }
        });
        Self { child, log }
    }

    /// Waits for a line of the log, which is JSON, whose message begins so.
    pub async fn says(&mut self, message: &str) -> Value {
        let log = Arc::clone(&self.log);
        let child = &mut self.child;
        until(message, || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("ended with {status} before it said {message:?}: {:#?}", log.lock().unwrap());
            }
            let log = log.lock().unwrap();
            log.iter().find_map(|line| said(line, message))
        })
        .await
    }

    /// Whether a line of the log begins so.
    pub fn has_said(&self, message: &str) -> bool {
        self.log.lock().unwrap().iter().any(|line| said(line, message).is_some())
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// How much memory it holds, in KiB.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        resident.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub async fn ended(mut self) -> ExitStatus {
        let child = &mut self.child;
        until("its end", || child.try_wait().unwrap()).await
    }
}

fn said(line: &str, message: &str) -> Option<Value> {
    serde_json::from_str(line)
        .ok()
        .filter(|line: &Value| line["message"].as_str().is_some_and(|text| text.starts_with(message)))
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("its log: {:#?}", self.log.lock().unwrap());
        }
    }
}

/// Runs the program to its end.
pub async fn run(arguments: &[&str]) -> Output {
    let mut child = command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let read = |mut from: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes).map(|_| bytes).unwrap()
        })
    };
    let out = read(Box::new(child.stdout.take().unwrap()));
    let err = read(Box::new(child.stderr.take().unwrap()));
    let mut running = Program { child, log: Arc::default() };
    let status = until("its end", || running.child.try_wait().unwrap()).await;
    Output { status, stdout: out.join().unwrap(), stderr: err.join().unwrap() }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scim-facade"));
    command.args(arguments).env_remove("SCIM_FACADE_FAILPOINT").stdin(Stdio::null());
    command
}

/// A folder of a test's own, gone at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn make() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("process-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.file(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
