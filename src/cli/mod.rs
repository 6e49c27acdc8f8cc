//! The commands. One file per subcommand; `output` is the only place that prints, `wiring` the only one that knows every
//! room.
//!
//! ```text
//! serve, demo/, check, explain/, link, reconcile, erase, store, token, simulate    the subcommands
//! wiring, vendors, stateless, seed      the house, built from a configuration
//! running, signals                      what runs until it is told to stop
//! file, care                            a configuration file; one target's records, opened to be looked after
//! output, failed                        what is printed, and why a command ended
//! ```

mod care;
mod check;
mod demo;
mod erase;
pub mod explain;
mod failed;
mod file;
mod link;
mod output;
mod reconcile;
mod running;
mod seed;
mod serve;
mod signals;
mod simulate;
mod stateless;
mod store;
mod token;
mod vendors;
pub mod wiring;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{LogConfig, LogFormat, LogLevel};
use crate::telemetry::logging::{self, Format};
pub use failed::Failed;

use output::Output;

const EXIT_CODES: &str = "\
Exit codes:
  0  it worked
  1  it failed: a backend can't be reached, a step of the demo was not confirmed, an address is taken, a store is not whole
  2  the command line or the configuration is wrong: nothing was started";

/// One SCIM 2.0 front for security products that speak something else.
#[derive(Debug, Parser)]
#[command(name = "scim-facade", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Options),
    Serve(serve::Options),
    Check(check::Options),
    Explain(explain::Options),
    Link(link::Options),
    Store(store::Options),
    Reconcile(reconcile::Options),
    Erase(erase::Options),
    Token(token::Options),
    Simulate(simulate::Options),
}

/// Runs the command line that this process was given.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::standard();
    match run(cli.command, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            output.failure(&failed);
            ExitCode::from(failed.exit_code())
        }
    }
}

/// The engine: the one multi-threaded runtime on which writes, outbound calls and the store live.
fn run(command: Command, output: &Output) -> Result<(), Failed> {
    if let Command::Token(options) = command {
        return token::run(&options, output);
    }
    let engine = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("engine").build()?;
    let outcome = engine.block_on(async {
        match command {
            Command::Demo(options) => demo::run(options, output).await,
            Command::Serve(options) => serve::run(&options, output).await,
            Command::Check(options) => check::run(&options, output).await,
            Command::Store(options) => store::run(&options, output).await,
            Command::Reconcile(options) => reconcile::run(&options, output).await,
            Command::Erase(options) => erase::run(&options, output).await,
            Command::Explain(options) => explain::run(&options, output).await,
            Command::Link(options) => link::run(&options, output).await,
            Command::Simulate(options) => simulate::run(&options, output).await,
            Command::Token(options) => token::run(&options, output),
        }
    });
    engine.shutdown_background();
    outcome
}

/// Sends log lines to standard error.
fn start_logging(log: LogConfig) -> Result<(), Failed> {
    let format = match log.format {
        LogFormat::Text => Format::Text,
        LogFormat::Json => Format::Json,
    };
    let level = match log.level {
        LogLevel::Warn => tracing::Level::WARN,
        LogLevel::Info => tracing::Level::INFO,
        LogLevel::Debug => tracing::Level::DEBUG,
    };
    logging::init(format, level, log.access).map_err(|error| Failed::new(error.to_string()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        for command in Cli::command().get_subcommands_mut() {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Example"), "{help}");
        }
    }
}
