//! `serve`.

use std::path::PathBuf;
use std::time::Duration;

use super::failed::Failed;
use super::output::Output;
use super::running;
use super::signals::Stop;
use super::wiring::Tools;
use super::{file, start_logging};

/// Serve SCIM for the targets of a configuration
///
/// Serves every target of the configuration under `{public_url}/<target>/scim/v2` until SIGTERM or SIGINT. Then: not ready,
/// answer who is being answered, finish what was begun, close the store. A second signal ends at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  scim-facade serve --config /etc/scim-facade.toml")]
pub(super) struct Options {
    /// The configuration; docs/scim-facade.example.toml shows every key
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

const LOOK_EVERY: Duration = Duration::from_secs(1);

pub(super) async fn run(options: &Options, output: &Output) -> Result<(), Failed> {
    let (config, warnings) = file::load(&options.config)?;
    start_logging(config.log)?;
    for warning in &warnings {
        output.warning(warning);
    }
    for (name, policy) in config.deactivations() {
        tracing::info!(scim_target = %name, deactivate = policy.word(), "{}", policy.consequences());
    }
    let tools = Tools::default();
    let mut stop = Stop::listen()?;
    let running = running::start(&config, &tools).await?;
    tracing::info!(base = running.base, admin = %running.admin, "serving");
    loop {
        tokio::select! {
            () = stop.asked() => break,
            () = tools.clock.sleep(LOOK_EVERY) => {}
        }
        if running.has_failed() {
            running.stop().await?;
            return Err(Failed::new("the web server ended by itself"));
        }
    }
    tracing::info!("stopping");
    tokio::select! {
        stopped = running.stop() => stopped,
        () = stop.asked() => Err(Failed::new("asked twice: stopped before everything was finished")),
    }
}
