//! `demo`: facade and simulators in one process, and a story told through each product.

mod netskope;
mod products;
mod scim;
mod simulator;
mod sophos;
mod steps;
mod teller;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ::scim::profile::Profile;

use super::failed::Failed;
use super::output::{Output, Style};
use super::running::{self, Running};
use super::signals::Stop;
use super::simulate::Content;
use super::wiring::Tools;
use super::{start_logging, token};
use crate::config::{self, Config, Process, QUARANTINE_GROUP};
use crate::kernel::Clock;
use products::{Product, Simulation};

/// The token of the demo's one client.
const TOKEN: &str = "demo-token";

/// Show the whole thing on this machine, with simulated products
///
/// Runs the facade, a simulated Sophos Central and a simulated Netskope in this process, provisions a few people into each
/// through SCIM, shows what happened natively, and keeps serving until Ctrl-C. Nothing leaves this machine and nothing is kept.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  scim-facade demo\n  scim-facade demo --once --listen 127.0.0.1:0")]
pub(super) struct Options {
    /// Where SCIM is served
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Exit after the stories: 0 only if the simulators confirm every step
    #[arg(long, conflicts_with = "quiet")]
    once: bool,
    /// Leave the stories out
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    content: Content,
    /// How strictly requests are read
    #[arg(long, value_parser = ["tolerant", "strict"], default_value = "tolerant")]
    profile: String,
    /// Let the simulators enforce the vendors' rate limits
    #[arg(long)]
    limits: bool,
}

impl Options {
    fn profile(&self) -> Profile {
        if self.profile == "strict" { Profile::Strict } else { Profile::Tolerant }
    }
}

pub(super) async fn run(options: Options, output: &Output) -> Result<(), Failed> {
    if !options.listen.ip().is_loopback() {
        let advice =
            "everybody knows the demo's token: let it listen on this machine, like --listen 127.0.0.1:8080";
        return Err(Failed::misuse(advice));
    }
    let tools = Tools { seed: options.content.seed(), ..Tools::default() };
    let folder = Folder::make(&tools)?;
    let mut simulations = Vec::new();
    for product in Product::ALL {
        simulations.push(product.start(options.content, options.limits).await?);
    }
    let config = configuration(&options, &simulations, &folder.0)?;
    start_logging(config.log)?;
    let mut stop = Stop::listen()?;
    let running = running::start(&config, &tools).await?;
    let outcome = tokio::select! {
        outcome = show(&options, &running, &simulations, &tools, *output) => outcome,
        () = stop.asked() => Ok(()),
    };
    if outcome.is_ok() && !options.once {
        stop.asked().await;
    }
    running.stop().await?;
    for simulation in simulations {
        simulation.simulated.stop().await;
    }
    outcome
}

async fn show(
    options: &Options,
    running: &Running,
    simulations: &[Simulation],
    tools: &Tools,
    output: Output,
) -> Result<(), Failed> {
    for simulation in simulations.iter().filter(|_| !options.quiet) {
        let product = simulation.product;
        let scim = scim::Scim::new(&format!("{}/{}/scim/v2", running.base, product.target()), TOKEN)?;
        let simulator = simulator::Simulator::new(&simulation.simulated.url())?;
        if product == Product::Sophos {
            prepared(&simulator, &*tools.clock).await?;
        }
        let mut teller = teller::Teller::new(scim, simulator, options.profile(), output);
        teller.title(product.title());
        product.tell(&mut teller).await?;
        teller.end()?;
    }
    if !options.once {
        addresses(running, simulations, output);
    }
    Ok(())
}

/// Waits until the facade has made the quarantine group, so that the story's steps show nothing but themselves.
async fn prepared(sophos: &simulator::Simulator, clock: &dyn Clock) -> Result<(), Failed> {
    for _ in 0..200 {
        if sophos.world().await?.members(QUARANTINE_GROUP).is_some() {
            // What the preparation asked is no part of the story.
            sophos.calls().await?;
            return Ok(());
        }
        clock.sleep(Duration::from_millis(50)).await;
    }
    Err(Failed::new("the facade did not make the quarantine group"))
}

/// The demo's configuration, by the same way that `serve` reads one.
fn configuration(options: &Options, simulations: &[Simulation], folder: &Path) -> Result<Config, Failed> {
    let (listen, profile) = (options.listen, &options.profile);
    let (store, hash) = (folder.join("store.db"), token::hash(TOKEN));
    let store = toml::Value::String(store.to_string_lossy().into_owned());
    let names: Vec<String> =
        simulations.iter().map(|simulation| format!("\"{}\"", simulation.product.target())).collect();
    let (names, targets): (_, String) =
        (names.join(", "), simulations.iter().map(Simulation::configuration).collect());
    let text = format!(
        "[server]\nlisten = \"{listen}\"\nadmin_listen = \"127.0.0.1:0\"\ndrain = \"0s\"\nworkers = 2\n\
         [log]\nlevel = \"warn\"\n\
         [store]\npath = {store}\n\
         [clients.demo]\ntoken_sha256 = \"{hash}\"\ntargets = [{names}, \"memory\"]\nprofile = \"{profile}\"\n\
         {targets}\
         [targets.memory]\nbackend = \"memory\"\n"
    );
    config::parse(&text, &Process).map_err(|problems| Failed::configuration(&problems))
}

fn addresses(running: &Running, simulations: &[Simulation], output: Output) {
    let base = &running.base;
    output.styled(Style::Bold, "Now serving; Ctrl-C ends it, and nothing is kept.");
    let line = |what: &str, value: String| output.line(&format!("  {what:<14} {value}"));
    let served = |target: &str, what: &str| format!("{base}/{target}/scim/v2   ({what})");
    let products = simulations.iter().map(|simulation| {
        served(simulation.product.target(), &format!("{}, simulated", simulation.product.title()))
    });
    let memory = served("memory", "the reference backend, in memory");
    for (number, address) in products.chain([memory]).enumerate() {
        line(if number == 0 { "SCIM base URLs" } else { "" }, address);
    }
    line("bearer token", TOKEN.to_owned());
    line("metrics", format!("http://{}/metrics", running.admin));
    for simulation in simulations {
        let what = format!("{}/_control/state, /_control/journal", simulation.simulated.url());
        line("simulator", format!("{what}   ({})", simulation.product.title()));
    }
    output.line("\nTry:");
    for line in [
        format!("curl -H 'Authorization: Bearer {TOKEN}' '{base}/sophos/scim/v2/Users?count=3'"),
        format!("curl -H 'Authorization: Bearer {TOKEN}' {base}/sophos/scim/v2/Users \\"),
        "     -H 'Content-Type: application/scim+json' \\".to_owned(),
        r#"     -d '{"userName":"joan@example.com","displayName":"Joan Clarke","emails":[{"value":"joan@example.com"}]}'"#
            .to_owned(),
        format!("curl -H 'Authorization: Bearer {TOKEN}' {base}/netskope/scim/v2/ServiceProviderConfig"),
    ] {
        output.line(&format!("  {line}"));
    }
}

/// A folder for the store, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn make(tools: &Tools) -> Result<Self, Failed> {
        let path = std::env::temp_dir().join(format!("scim-facade-demo-{}", tools.ids.uuid()));
        std::fs::create_dir(&path)
            .map_err(|error| Failed::new(format!("can't make {}: {error}", path.display())))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed is left to whoever clears temporary folders.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests;
