//! `link export` and `link import`.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use csv::{ReaderBuilder, StringRecord, Trim, Writer};

use super::care::{Access, Cared};
use super::failed::Failed;
use super::output::Output;
use super::wiring::{self, Tools};
use super::{file, running};
use crate::facade::{Client, Facade, Link, Linked, Request};
use crate::kernel::{ClientName, Ctx, TargetName};

/// The columns of a link file.
const COLUMNS: [&str; 3] = ["userName", "externalId", "nativeId"];
/// Rows are counted as a spreadsheet shows them: the columns' names are the first.
const FIRST_ROW: u64 = 2;
/// How long one line may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Say who is who: people that exist in a product, and what a client calls them
///
/// Works on a CSV file with the columns userName, externalId and nativeId. An import needs the server stopped: it has the store. An export does not.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  scim-facade link import people.csv --config /etc/scim-facade.toml --target sophos --client okta --dry-run"
)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write every linked person, with the client's externalIds, to a new file
    #[command(
        after_help = "Example:\n  scim-facade link export people.csv --config /etc/scim-facade.toml --target sophos --client okta"
    )]
    Export(Where),
    /// Link the people of a file; nothing is written in the product
    ///
    /// Each line is done as a whole or not at all. Every line that can't be done is told with the number of its row and the reason.
    #[command(
        after_help = "Example:\n  scim-facade link import people.csv --config /etc/scim-facade.toml --target sophos --client okta"
    )]
    Import {
        #[command(flatten)]
        place: Where,
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Where {
    /// The CSV file
    file: PathBuf,
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The target that the people are in
    #[arg(long)]
    target: String,
    /// The client whose externalIds these are, and who will own the people
    #[arg(long)]
    client: String,
}

pub(super) async fn run(options: &Options, output: &Output) -> Result<(), Failed> {
    let place = match &options.command {
        Command::Export(place) | Command::Import { place, .. } => place,
    };
    let (config, _) = file::load(&place.config)?;
    let name = ClientName::parse(&place.client).map_err(|e| Failed::misuse(format!("--client: {e}")))?;
    let client = config.clients.get(&name).ok_or_else(|| wiring::unknown("clients", name.as_str()))?;
    let target = TargetName::parse(&place.target).map_err(|e| Failed::misuse(format!("--target: {e}")))?;
    if !client.targets.contains(&target) {
        return Err(Failed::misuse(format!("clients.{name}.targets does not name \"{target}\"")));
    }
    if config.targets.get(&target).is_some_and(|target| !target.keeps_shadows) {
        return Err(Failed::misuse(format!("targets.{target}.shadow is \"off\": nobody is linked there")));
    }
    let tools = Tools::default();
    let who = Who { client: Arc::new(running::client(&name, client)), target, tools };
    let access = match &options.command {
        Command::Export(_) => Access::Read,
        Command::Import { .. } => Access::Write,
    };
    let cared = Cared::open(&config, &who.target, access, &who.tools).await?;
    let done = match &options.command {
        Command::Export(place) => export(&cared.facade, &who, &place.file, *output).await,
        Command::Import { place, dry_run } => {
            import(&cared.facade, &who, &place.file, *dry_run, *output).await
        }
    };
    cared.close().await;
    done
}

/// In whose name, and where.
struct Who {
    client: Arc<Client>,
    target: TargetName,
    tools: Tools,
}

impl Who {
    fn request(&self) -> Request {
        let request = format!("link-{}", self.tools.ids.uuid());
        Request {
            ctx: Ctx::begun(request, &self.target, &self.client.name, &*self.tools.clock, PATIENCE),
            client: Arc::clone(&self.client),
            fingerprint: String::new(),
            conditions: Default::default(),
            is_part: false,
        }
    }
}

async fn export(facade: &Facade, who: &Who, path: &Path, output: Output) -> Result<(), Failed> {
    let links = facade.links(&who.request()).await.map_err(|error| Failed::new(error.detail))?;
    let failed = |error: csv::Error| Failed::new(format!("{}: {error}", path.display()));
    let mut writer = Writer::from_writer(new_file(path)?);
    if links.is_empty() {
        writer.write_record(COLUMNS).map_err(failed)?;
    }
    for link in &links {
        writer.serialize(link).map_err(failed)?;
    }
    writer.flush()?;
    output.line(&format!("{}: {} people", path.display(), links.len()));
    Ok(())
}

/// Names are personal data: the file is its owner's alone, and none is written over.
fn new_file(path: &Path) -> Result<File, Failed> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| Failed::misuse(format!("{} can't be made: {error}", path.display())))
}

async fn import(
    facade: &Facade,
    who: &Who,
    path: &Path,
    dry_run: bool,
    output: Output,
) -> Result<(), Failed> {
    let text = std::fs::read(path)
        .map_err(|error| Failed::misuse(format!("{} can't be read: {error}", path.display())))?;
    let (mut new, mut same, mut refused) = (0_u64, 0_u64, 0_u64);
    for (row, link) in read(&text).map_err(|why| Failed::misuse(format!("{}: {why}", path.display())))? {
        let done = match link {
            Ok(link) => facade.link(&who.request(), link, dry_run).await.map_err(|error| error.detail),
            Err(reason) => Err(reason),
        };
        match done {
            Ok(Linked::New) => new += 1,
            Ok(Linked::AsItWas) => same += 1,
            Err(reason) => {
                refused += 1;
                output.line(&format!("row {row}: {reason}"));
            }
        }
    }
    let linked = if dry_run { "would be linked" } else { "linked" };
    output.line(&format!("{new} {linked}, {same} as they were, {refused} refused"));
    if refused == 0 { Ok(()) } else { Err(Failed::new(format!("{refused} lines were refused"))) }
}

/// A row's number and what it says, or why it can't be read.
type Line = (u64, Result<Link, String>);

/// Reads a link file: its columns in any order, others ignored.
fn read(text: &[u8]) -> Result<Vec<Line>, String> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    if let Some(missing) = COLUMNS.iter().find(|name| !header.iter().any(|column| column == **name)) {
        return Err(format!("the first line has no column {missing}; it needs {}", COLUMNS.join(",")));
    }
    let mut lines = Vec::new();
    for (row, record) in (FIRST_ROW..).zip(reader.records()) {
        let link = record.and_then(|record: StringRecord| record.deserialize(Some(&header)));
        lines.push((row, link.map_err(|_| "has not the columns of the first line".to_owned())));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(user: &str, external: Option<&str>, native: &str) -> Link {
        let external_id = external.map(str::to_owned);
        Link { user_name: user.to_owned(), external_id, native_id: native.to_owned() }
    }

    #[test]
    fn what_is_written_is_read() {
        let links = [link("ada@example.com", Some("00u1"), "n1"), link("a \"b\", c", None, "n2")];
        let mut writer = Writer::from_writer(Vec::new());
        links.iter().for_each(|link| writer.serialize(link).unwrap());
        let text = writer.into_inner().unwrap();
        let read: Vec<Link> = read(&text).unwrap().into_iter().map(|(_, link)| link.unwrap()).collect();
        assert_eq!(read, links);
    }

    #[test]
    fn a_spreadsheets_file_is_read() {
        let text =
            "\u{feff}nativeId,note,userName,externalId\r\nn1,x, Ada@example.com ,e1\r\nn2,x\r\nn3,,joe,\r\n";
        let lines = read(text.as_bytes()).unwrap();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert_eq!(lines[0], (2, Ok(link("Ada@example.com", Some("e1"), "n1"))));
        assert!(lines[1].1.is_err());
        assert_eq!(lines[2], (4, Ok(link("joe", None, "n3"))));
    }

    #[test]
    fn a_missing_column_is_named() {
        assert!(read(b"userName,externalId\na,b\n").unwrap_err().contains("nativeId"));
    }
}
