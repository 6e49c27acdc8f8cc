//! `erase`.

use std::path::PathBuf;

use super::care::{self, Access, Cared};
use super::failed::Failed;
use super::output::{Output, Style};
use super::wiring::Tools;
use super::{file, start_logging};
use crate::delivery::Erased;
use crate::kernel::{ClientName, TargetName};

/// Remove everything personal about somebody from the store
///
/// Removes the record, the names that clients have for it, its addresses, remembered groups and open wishes. What stays are
/// ids in the audit, which gets a row for the erasure. Somebody who is still in the product is refused, unless --keep-native
/// says that only our record goes. Copies of the store are not touched.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  scim-facade erase ada@example.com --config /etc/scim-facade.toml --target sophos\n\n\
                        `serve` has to be stopped."
)]
pub(super) struct Options {
    /// SCIM id, userName, or what a client calls the person (externalId)
    person: String,
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The target whose record goes
    #[arg(long, value_name = "NAME")]
    target: String,
    /// Forget also somebody who is still in the product, and leave them there
    #[arg(long)]
    keep_native: bool,
}

pub(super) async fn run(options: &Options, output: &Output) -> Result<(), Failed> {
    let (config, _) = file::load(&options.config)?;
    start_logging(config.log)?;
    let target = TargetName::parse(&options.target).map_err(|error| Failed::misuse(error.to_string()))?;
    let clients: Vec<ClientName> = config.clients.keys().cloned().collect();
    let tools = Tools::default();
    let cared = Cared::open(&config, &target, Access::Write, &tools).await?;
    let outcome = erase(&cared, options, &target, &clients, &tools, *output).await;
    cared.close().await;
    outcome
}

async fn erase(
    cared: &Cared,
    options: &Options,
    target: &TargetName,
    clients: &[ClientName],
    tools: &Tools,
    output: Output,
) -> Result<(), Failed> {
    let found = cared.facade.people_named(&options.person, clients).await.map_err(care::failed)?;
    let id = match &found[..] {
        [id] => id,
        [] => return Err(Failed::new(format!("{target} has no record of such a person"))),
        several => {
            let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
            return Err(Failed::new(format!(
                "several people have this name; take the id: {}",
                ids.join(", ")
            )));
        }
    };
    let ctx = care::ctx("erase", target, tools)?;
    match cared.facade.erase(&ctx, id, options.keep_native).await.map_err(care::failed)? {
        Erased::Done => {
            output.styled(Style::Good, &format!("{target}: {id} is erased"));
            Ok(())
        }
        Erased::Nobody => Err(Failed::new(format!("{target} has no record of {id}"))),
        Erased::StillThere(natives) => Err(Failed::new(format!(
            "{id} is still in the product ({}): delete the person first, or add --keep-native to forget only our record",
            natives.join(", ")
        ))),
        Erased::Ending => Err(Failed::new(format!(
            "the end of the access of {id} is not confirmed yet: let `scim-facade serve` finish it, then erase"
        ))),
    }
}
