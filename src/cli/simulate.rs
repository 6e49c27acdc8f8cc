//! `simulate sophos`.

use std::net::SocketAddr;

use simulator::sophos::Seed;

use super::failed::Failed;
use super::output::Output;
use super::signals::Stop;
use super::{running, wiring};

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
    let Product::Sophos { listen, content, limits } = &options.product;
    let mut stop = Stop::listen()?;
    let simulated = wiring::simulate_sophos(running::bind(*listen)?, content.seed(), *limits).await?;
    let url = simulated.url();
    output.line(&format!("Sophos Central, simulated, at {url}"));
    output.line("");
    output.line("For [targets.<name>] of a configuration:");
    for line in target(&url) {
        output.line(&format!("  {line}"));
    }
    output.line("");
    output.line(&format!("What it was asked:  curl {url}/_control/journal"));
    output.line(&format!("What it holds:      curl {url}/_control/state"));
    stop.asked().await;
    simulated.stop().await;
    Ok(())
}

/// The lines of a target that is this simulator.
pub(super) fn target(url: &str) -> [String; 6] {
    [
        "backend = \"sophos\"".to_owned(),
        "client_id = \"sophos-client\"".to_owned(),
        "client_secret = \"sophos-secret\"".to_owned(),
        format!("id_url = \"{url}/id\""),
        format!("global_url = \"{url}/global\""),
        "deactivate = \"quarantine_then_park\"".to_owned(),
    ]
}
