//! `simulate`: one simulated product on a port. The demo starts several.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use simulator::netskope::Profile;
use simulator::shell;
use simulator::sophos::Seed;

use super::failed::Failed;
use super::output::Output;
use super::running;
use super::signals::Stop;

/// Serve a simulated product until SIGTERM or SIGINT
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  scim-facade simulate sophos --listen 127.0.0.1:9001")]
pub(super) struct Options {
    #[command(subcommand)]
    product: Product,
}

#[derive(Debug, clap::Subcommand)]
enum Product {
    /// Sophos Central: its hosts are the prefixes /id /global /eu01 /us01
    #[command(after_help = "Example:\n  scim-facade simulate sophos --listen 127.0.0.1:9001 --limits")]
    Sophos {
        /// Where to listen
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9001")]
        listen: SocketAddr,
        #[command(flatten)]
        content: Content,
        /// Enforce the vendor's rate limits
        #[arg(long)]
        limits: bool,
    },
    /// Netskope: its SCIM at /api/v2/scim, its User-Management API at /api/v2/users
    #[command(
        after_help = "Example:\n  scim-facade simulate netskope --listen 127.0.0.1:9003 --profile hostile"
    )]
    Netskope {
        /// Where to listen
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9003")]
        listen: SocketAddr,
        #[command(flatten)]
        content: Content,
        /// Enforce the vendor's rate limits
        #[arg(long)]
        limits: bool,
        /// How the vendor behaves where its documents and its clients disagree
        #[arg(long, value_parser = profile, value_name = "spec2024|live2026|hostile", default_value = "live2026")]
        profile: Profile,
    },
}

fn profile(name: &str) -> Result<Profile, String> {
    Profile::named(name).ok_or_else(|| "one of spec2024, live2026, hostile is wanted".to_owned())
}

/// What a simulator starts with.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(super) struct Content {
    /// Start without people and groups
    #[arg(long, conflicts_with = "seed_users")]
    empty: bool,
    /// Start with N people and N/10 groups instead of the sample company
    #[arg(long, value_name = "N")]
    seed_users: Option<usize>,
}

impl Content {
    pub(super) fn seed(self) -> Seed {
        match (self.empty, self.seed_users) {
            (true, _) => Seed::Empty,
            (false, Some(users)) => Seed::Many { users },
            (false, None) => Seed::Sample,
        }
    }
}

pub(super) async fn run(options: &Options, output: &Output) -> Result<(), Failed> {
    let mut stop = Stop::listen()?;
    let simulated = match &options.product {
        Product::Sophos { listen, content, limits } => {
            let listener = running::bind(*listen)?;
            let simulated = start_sophos(listener, content.seed(), *limits).await?;
            tell_sophos(&simulated.url(), output);
            simulated
        }
        Product::Netskope { listen, content, limits, profile } => {
            let listener = running::bind(*listen)?;
            let simulated = start_netskope(listener, content.seed(), *limits, *profile).await?;
            tell_netskope(&simulated.url(), *limits, output);
            simulated
        }
    };
    let url = simulated.url();
    output.line("");
    output.line(&format!("What it was asked:  curl {url}/_control/journal"));
    output.line(&format!("What it holds:      curl {url}/_control/state"));
    stop.asked().await;
    simulated.stop().await;
    Ok(())
}

fn tell_sophos(url: &str, output: &Output) {
    output.line(&format!("Sophos Central, simulated, at {url}"));
    output.line("");
    tell_target(&sophos_target(url), output);
}

fn tell_netskope(url: &str, limits: bool, output: &Output) {
    output.line(&format!("Netskope, simulated, at {url}"));
    output.line("");
    output.line(&format!("People:  curl -H 'Netskope-Api-Token: netskope-token' {url}/api/v2/scim/Users"));
    output.line("");
    tell_target(&netskope_target(url, limits), output);
}

fn tell_target(lines: &[String], output: &Output) {
    output.line("For [targets.<name>] of a configuration:");
    for line in lines {
        output.line(&format!("  {line}"));
    }
}

/// The lines of a target that is this simulator.
pub(super) fn sophos_target(url: &str) -> [String; 6] {
    [
        "backend = \"sophos\"".to_owned(),
        "client_id = \"sophos-client\"".to_owned(),
        "client_secret = \"sophos-secret\"".to_owned(),
        format!("id_url = \"{url}/id\""),
        format!("global_url = \"{url}/global\""),
        "deactivate = \"quarantine_then_park\"".to_owned(),
    ]
}

/// The same of a simulated Netskope; without limits there is no pace to be kept.
pub(super) fn netskope_target(url: &str, limits: bool) -> [String; 4] {
    [
        "backend = \"netskope\"".to_owned(),
        format!("url = \"{url}\""),
        "token = \"netskope-token\"".to_owned(),
        format!("rate = {}", if limits { 4 } else { 0 }),
    ]
}

/// A simulated product on a port.
pub(super) struct Simulated {
    address: SocketAddr,
    server: shell::Server,
}

impl Simulated {
    /// Its base URL; a vendor's several hosts are prefixes below it.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes its listener and its connections.
    pub(super) async fn stop(self) {
        self.server.stop().await;
    }
}

/// Starts a simulated Sophos Central.
///
/// # Errors
/// When the listener can't be used.
pub(super) async fn start_sophos(
    listener: TcpListener,
    seed: Seed,
    limits: bool,
) -> Result<Simulated, Failed> {
    start(listener, |address| {
        let options = simulator::sophos::Options {
            public_base: format!("http://{address}"),
            seed,
            limits,
            ..simulator::sophos::Options::default()
        };
        Arc::new(Mutex::new(simulator::sophos::Sophos::new(options)))
    })
    .await
}

/// Starts a simulated Netskope with the switches of a profile.
///
/// # Errors
/// When the listener can't be used.
pub(super) async fn start_netskope(
    listener: TcpListener,
    seed: Seed,
    limits: bool,
    profile: Profile,
) -> Result<Simulated, Failed> {
    start(listener, |_| {
        let switches = profile.switches();
        let options = simulator::netskope::Options {
            seed,
            limits,
            switches,
            ..simulator::netskope::Options::default()
        };
        Arc::new(Mutex::new(simulator::netskope::Netskope::new(options)))
    })
    .await
}

/// Serves the simulator that is made for this address.
async fn start(
    listener: TcpListener,
    make: impl FnOnce(SocketAddr) -> shell::Shared,
) -> Result<Simulated, Failed> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let address = listener.local_addr()?;
    let server = shell::serve(listener, make(address), shell::system_clock).await?;
    Ok(Simulated { address, server })
}
