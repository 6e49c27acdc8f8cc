//! The command: from the command line and the configuration to who asks what of whom.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::http::Method;

use super::super::failed::Failed;
use super::super::output::Output;
use super::super::vendors;
use super::super::wiring::{self, Tools};
use super::super::{file, running, stateless};
use super::{Asked, Subject, explain, print};
use crate::backend::Backend;
use crate::config::{BackendConfig, Config, StoreConfig};
use crate::facade::Client;
use crate::kernel::{ClientName, TargetName};
use crate::outbound::ReadsMade;
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::store::sqlite::SqliteStore;

/// Tell what one request would do, without doing it
///
/// Sends a SCIM request through the facade as a client's, over a backend and a store that can't be changed: reads go to the
/// real backend, writes are only planned. Tells which repairs the request needs, how it is understood, which native calls it
/// takes, what is destroyed, what stays in the shadow, and the answer. Values are never shown: names of attributes and ids
/// are. It works beside a program that serves. A request that is refused is explained, too.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub(in crate::cli) struct Options {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The target that is asked
    #[arg(long, value_name = "NAME")]
    target: String,
    /// The client that asks; needed if more than one may ask the target
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// GET, POST, PUT, PATCH or DELETE
    method: String,
    /// The path below the target's base path, with its query: /Users/ID
    path: String,
    /// The body: JSON, @FILE, or - for standard input
    body: Option<String>,
}

const EXAMPLE: &str = r#"Example:
  scim-facade explain --config /etc/scim-facade.toml --target sophos PATCH /Users/ID \
    '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      "Operations":[{"op":"replace","path":"active","value":false}]}'"#;

pub(in crate::cli) async fn run(options: &Options, output: &Output) -> Result<(), Failed> {
    let (config, _) = file::load(&options.config)?;
    let method = match options.method.to_ascii_uppercase().as_str() {
        "GET" => Method::GET,
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        _ => return Err(Failed::misuse("the method has to be GET, POST, PUT, PATCH or DELETE")),
    };
    let body = options.body.as_deref().map(|given| read_body(given, config.limits.bulk_bytes)).transpose()?;
    let (subject, notes) = subject(&config, options).await?;
    let store = Arc::clone(&subject.store);
    let explained = explain(subject, Asked { method, path: options.path.clone(), body }).await;
    store.close().await;
    let mut explained = explained?;
    explained.notes.splice(0..0, notes);
    if options.json {
        let json = serde_json::to_string_pretty(&explained);
        output.line(&json.map_err(|error| Failed::new(error.to_string()))?);
    } else {
        print::print(&explained, *output);
    }
    Ok(())
}

/// At most one byte more than a body can have: then it is refused as a client's would be.
fn read_body(given: &str, limit: usize) -> Result<Vec<u8>, Failed> {
    let unreadable =
        |what: &str, error: std::io::Error| Failed::misuse(format!("{what} can't be read: {error}"));
    if given == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(limit as u64 + 1).read_to_end(&mut bytes);
        return read.map(|_| bytes).map_err(|error| unreadable("standard input", error));
    }
    match given.strip_prefix('@') {
        Some(path) => std::fs::read(path).map_err(|error| unreadable(path, error)),
        None => Ok(given.as_bytes().to_vec()),
    }
}

/// Who asks what of whom, by the configuration; and what has to be said of it.
async fn subject(config: &Config, options: &Options) -> Result<(Subject, Vec<String>), Failed> {
    let target = TargetName::parse(&options.target).ok();
    let found = target.and_then(|name| Some((name.clone(), config.targets.get(&name)?)));
    let Some((name, target)) = found else {
        return Err(Failed::misuse(format!("there is no [targets.{}]", options.target)));
    };
    let client = client(config, &name, options.client.as_deref())?;
    let (tools, made) = (Tools::default(), ReadsMade::default());
    let failed = |why: String| Failed::new(format!("{name}: {why}"));
    let (backend, quarantine): (Arc<dyn Backend>, Option<&str>) = match &target.backend {
        BackendConfig::Sophos(sophos) => {
            let tenant = vendors::sophos(sophos, &tools, Some(made.clone())).map_err(failed)?;
            (Arc::new(tenant), sophos.deactivate.quarantine_group())
        }
        BackendConfig::Netskope(netskope) => {
            let tenant = vendors::netskope(netskope, &tools, Some(made.clone())).map_err(failed)?;
            (Arc::new(tenant), None)
        }
        BackendConfig::Memory => {
            return Err(Failed::misuse(format!(
                "{name}: its people live in the memory of the program that serves them; there is nothing to read here"
            )));
        }
    };
    let (mut store, notes) = look(&config.store).await?;
    if !target.keeps_shadows {
        store = stateless::passing(&name, &store, &tools);
    }
    let base = config.server.base(config.server.listen);
    let subject = Subject {
        settings: wiring::settings(target, &base, &name, &config.limits),
        target: name,
        backend,
        quarantine: quarantine.map(str::to_owned),
        made,
        store,
        client,
        deadline: config.server.deadline,
        clock: tools.clock,
        ids: tools.ids,
    };
    Ok((subject, notes))
}

fn client(config: &Config, target: &TargetName, wanted: Option<&str>) -> Result<Arc<Client>, Failed> {
    let may_ask = config.clients.iter().filter(|(_, client)| client.targets.contains(target));
    let all: Vec<(&ClientName, _)> = may_ask.collect();
    let names = || all.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let found = match wanted {
        Some(wanted) => all.iter().find(|(name, _)| name.as_str() == wanted),
        None if all.len() > 1 => {
            return Err(Failed::misuse(format!("choose a client with --client: {}", names())));
        }
        None => all.first(),
    };
    let Some((name, config)) = found else {
        let who = match all.is_empty() {
            true => format!("no client may ask {target}"),
            false => format!("no such client may ask {target}; these may: {}", names()),
        };
        return Err(Failed::misuse(who));
    };
    Ok(running::credential(name, config).client)
}

/// The store as it is now. Nothing in it can be changed through this.
async fn look(config: &StoreConfig) -> Result<(Arc<dyn Store>, Vec<String>), Failed> {
    let nothing = |why: String| Ok((Arc::new(MemoryStore::new()) as Arc<dyn Store>, vec![why]));
    match config {
        StoreConfig::Memory => nothing(
            "The store is in the memory of the program that serves: explained as though nothing had been written yet."
                .to_owned(),
        ),
        StoreConfig::File(path) if !exists(path) => nothing(format!(
            "{} does not exist yet: explained as though nothing had been written.",
            path.display()
        )),
        StoreConfig::File(path) => match SqliteStore::look(path).await {
            Ok(store) => Ok((Arc::new(store), Vec::new())),
            Err(error) => Err(Failed::new(error.to_string())),
        },
    }
}

/// A file that may not be seen is none that does not exist.
fn exists(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}
