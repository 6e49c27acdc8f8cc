//! The command line, and the one place that prints.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use secrecy::SecretString;

use crate::check::Outcome;
use crate::client::Client;
use crate::credential::Credential;
use crate::facts::{Facts, USER};
use crate::report::{self, Format};
use crate::request::Request;
use crate::run::{self, Report, Task};
use crate::session::Session;
use crate::transcript::{self, PROVIDERS};
use crate::{checks, clock};

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing failed (warnings and skips are no failures)
  1  at least one check failed
  2  it could not run: the command line is wrong, the server does not answer, or it refuses the credential;
     or it was stopped

The server should be one for tests: the suite makes people and groups, and deletes them. Everything it makes is named
scimconf-… with a random part.";

/// Judges any SCIM 2.0 server from outside.
#[derive(Debug, Parser)]
#[command(name = "scim-conformance", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Options {
    /// The base address, such as `https://example.com/scim/v2`
    #[arg(long, required_unless_present = "list")]
    url: Option<String>,
    /// A bearer token. Better in the environment, where no process list shows it
    #[arg(long, env = "SCIM_TOKEN", hide_env_values = true)]
    token: Option<SecretString>,
    /// user:password, for servers with HTTP Basic; wins over a token
    #[arg(long, env = "SCIM_BASIC", hide_env_values = true)]
    basic: Option<SecretString>,
    /// A header for every request, 'Name: value'; may be repeated
    #[arg(long = "header")]
    headers: Vec<SecretString>,
    /// What is played: rfc, the name of an identity provider (okta, entra, …), idps for all of these, or all
    #[arg(long, default_value = "rfc", value_parser = profile)]
    profile: String,
    /// The form of the report
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Plays only what has this text in its name or section; may be repeated
    #[arg(long = "only")]
    only: Vec<String>,
    /// Lists what would be played, and plays nothing
    #[arg(long)]
    list: bool,
    /// The longest time for one request, in seconds
    #[arg(long, default_value_t = 30)]
    timeout: u64,
}

/// Runs the command line that this process was given.
pub fn main() -> ExitCode {
    let options = Options::parse();
    match play(&options) {
        Ok(code) => code,
        Err(why) => {
            let _ = writeln!(io::stderr(), "scim-conformance: {why}");
            ExitCode::from(2)
        }
    }
}

fn play(options: &Options) -> Result<ExitCode, String> {
    let mut tasks = tasks(&options.profile)?;
    if !options.only.is_empty() {
        tasks.retain(|task| options.only.iter().any(|text| task.matches(text)));
    }
    if tasks.is_empty() {
        return Err("no check has such a name".to_owned());
    }
    if options.list {
        for task in &tasks {
            print(&format!("{}  {}  [{} {}]\n", task.name(), task.title(), task.section(), task.level()));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let report = runtime.block_on(judge(options, &tasks))?;
    let colours =
        io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    print(&report::render(&report, options.format, colours));
    Ok(match report.count(Outcome::Fail) {
        0 if report.stopped => ExitCode::from(2),
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    })
}

async fn judge(options: &Options, tasks: &[Task]) -> Result<Report, String> {
    let credential = Credential {
        token: options.token.clone(),
        basic: options.basic.clone(),
        headers: options.headers.clone(),
    };
    let url = options.url.as_deref().unwrap_or_default();
    let timeout = Duration::from_secs(options.timeout);
    let client = Client::new(url, &credential, timeout).map_err(|error| error.to_string())?;
    let facts = Facts::read(&client).await?;
    let session = Session::new(client, facts, clock::run_prefix());
    let_in(&session).await?;
    let stop = Box::pin(stopped());
    Ok(run::all(&session, &options.profile, tasks, stop).await)
}

/// Waits for Ctrl-C, or for SIGTERM, which build servers send.
async fn stopped() {
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// Whether the server lets us in at all: otherwise every check would fail for one and the same reason.
async fn let_in(session: &Session) -> Result<(), String> {
    let Some(of) = session.facts.resource_type(USER) else {
        return Err(format!("/ResourceTypes has none of schema {USER}"));
    };
    let request = Request::new(reqwest::Method::GET, &format!("{}?count=1", of.endpoint));
    let status = session.client.send(&request).await.map(|reply| reply.status).unwrap_or_default();
    match status {
        0 => Err("the server does not answer".to_owned()),
        401 | 403 => Err(format!("the server refuses the credential: GET {} is {status}", of.endpoint)),
        404 => Err(format!("GET {} is 404: is the address that of the SCIM base?", of.endpoint)),
        _ => Ok(()),
    }
}

/// What a profile plays.
fn tasks(profile: &str) -> Result<Vec<Task>, String> {
    let mut tasks = Vec::new();
    if matches!(profile, "rfc" | "all") {
        tasks.extend(checks::all().into_iter().map(Task::Rfc));
    }
    for (name, _) in PROVIDERS {
        if profile == *name || matches!(profile, "idps" | "all") {
            let stories = transcript::stories(name).map_err(|error| format!("{name}: {error}"))?;
            tasks.extend(stories.into_iter().map(Task::Story));
        }
    }
    Ok(tasks)
}

/// The name of a profile.
fn profile(text: &str) -> Result<String, String> {
    let names: Vec<&str> = PROVIDERS.iter().map(|(name, _)| *name).chain(["rfc", "idps", "all"]).collect();
    if names.contains(&text) { Ok(text.to_owned()) } else { Err(format!("one of {}", names.join(", "))) }
}

fn print(text: &str) {
    // Nobody reads any more: nothing to tell anybody.
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Options::command().debug_assert();
    }

    #[test]
    fn every_profile_has_something_to_play() {
        for name in PROVIDERS.iter().map(|(name, _)| *name).chain(["rfc", "idps", "all"]) {
            assert!(!tasks(name).unwrap().is_empty(), "{name}");
        }
    }
}
