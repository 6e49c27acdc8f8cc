//! `store backup` and `store verify`.

use std::path::PathBuf;

use super::care::file_of;
use super::failed::Failed;
use super::file;
use super::output::{Output, Style};
use super::wiring::Tools;
use crate::store::sqlite::{self, Verdict};

/// Copy the store and verify it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  scim-facade store backup --config /etc/scim-facade.toml --to /backup/store.db\n  \
                        scim-facade store verify --file /backup/store.db"
)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Backup(Backup),
    Verify(Verify),
}

/// Copy the store as it is now, also while it is served
///
/// Writes a copy that only its owner may read, syncs it to the disk and verifies it. The copy knows that it is one: a store
/// that was put back from it is read-only until `scim-facade reconcile`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  scim-facade store backup --config /etc/scim-facade.toml --to /backup/store-monday.db"
)]
struct Backup {
    /// The configuration that names the store
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Where the copy goes; nothing is overwritten
    #[arg(long, value_name = "PATH")]
    to: PathBuf,
}

/// Look whether a store is whole, without writing to it
///
/// Looks at the database, at the audit chain, and at what the program relies on: every open wish is about somebody, whoever
/// is there has a native id, and the like. Exits with 1 if anything is wrong. Works while the store is served.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  scim-facade store verify --config /etc/scim-facade.toml\n  \
                        scim-facade store verify --file /backup/store-monday.db")]
#[group(required = true, multiple = false)]
struct Verify {
    /// The configuration that names the store
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The file itself, for example a copy
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
}

pub(super) async fn run(options: &Options, output: &Output) -> Result<(), Failed> {
    match &options.command {
        Command::Backup(options) => backup(options, output).await,
        Command::Verify(options) => verify(options, output).await,
    }
}

async fn backup(options: &Backup, output: &Output) -> Result<(), Failed> {
    let (config, _) = file::load(&options.config)?;
    let from = file_of(&config)?;
    let now = Tools::default().clock.now();
    sqlite::backup(&from, &options.to, now).await.map_err(|error| Failed::new(error.to_string()))?;
    output.line(&format!("{}: a copy of {}", options.to.display(), from.display()));
    told(&options.to, output).await
}

async fn verify(options: &Verify, output: &Output) -> Result<(), Failed> {
    let path = match (&options.file, &options.config) {
        (Some(file), _) => file.clone(),
        (None, Some(config)) => file_of(&file::load(config)?.0)?,
        (None, None) => return Err(Failed::misuse("--config or --file says which store")),
    };
    told(&path, output).await
}

/// Verifies a file and tells what was found.
async fn told(path: &std::path::Path, output: &Output) -> Result<(), Failed> {
    let verdict = sqlite::verify(path).await.map_err(|error| Failed::new(error.to_string()))?;
    let Verdict { problems, shadows, open, audit, copied, restored } = verdict;
    if let Some(at) = copied {
        output.line(&format!("a copy made at {at}: whoever serves it has to reconcile it first"));
    }
    for target in restored {
        output.line(&format!("{target}: read-only until `scim-facade reconcile --target {target}`"));
    }
    if problems.is_empty() {
        let line = format!("whole: {shadows} people and groups, {open} open wishes, {audit} audit rows");
        output.styled(Style::Good, &line);
        return Ok(());
    }
    problems.iter().for_each(|problem| output.styled(Style::Bad, problem));
    Err(Failed::new(format!("{} is not whole", path.display())))
}
