//! What the commands that look after one target's records have in common: the store, and the target over it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use super::failed::Failed;
use super::wiring::{self, Tools};
use crate::config::{Config, StoreConfig};
use crate::delivery::Failure;
use crate::facade::Facade;
use crate::kernel::{Ctx, TargetName};
use crate::store::Store;
use crate::store::sqlite::SqliteStore;

/// One step may wait for a busy backend so long.
const PATIENCE: Duration = Duration::from_secs(300);

/// A target whose records are looked after.
pub(super) struct Cared {
    /// The target.
    pub(super) facade: Facade,
    store: Arc<dyn Store>,
}

/// Whether a command writes to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// It only reads: `serve` may run.
    Read,
    /// It writes: `serve` has to be stopped.
    Write,
}

impl Cared {
    /// Opens the store and builds one target over it.
    pub(super) async fn open(
        config: &Config,
        name: &TargetName,
        access: Access,
        tools: &Tools,
    ) -> Result<Self, Failed> {
        let missing = || wiring::unknown("targets", name.as_str());
        let target = config.targets.get(name).ok_or_else(missing)?;
        let backend = wiring::backends(config, tools)?.into_iter().find(|(of, _)| of == name);
        let (_, backend) = backend.ok_or_else(missing)?;
        let store = open(&file_of(config)?, access).await?;
        let settings =
            wiring::settings(target, &config.server.base(config.server.listen), name, &config.limits);
        let facade =
            wiring::facade((name, backend), Arc::clone(&store), settings, tools, TaskTracker::new())?;
        Ok(Self { facade, store })
    }

    /// Lets the store go.
    pub(super) async fn close(self) {
        self.store.close().await;
    }
}

async fn open(path: &Path, access: Access) -> Result<Arc<dyn Store>, Failed> {
    if !path.exists() {
        return Err(Failed::new(format!("{} does not exist", path.display())));
    }
    let failed = |error: crate::store::StoreError| Failed::new(error.to_string());
    let in_use = SqliteStore::is_in_use(path).map_err(failed)?;
    let store = match (in_use, access) {
        (false, _) => SqliteStore::open(path).await,
        (true, Access::Read) => SqliteStore::look(path).await,
        (true, Access::Write) => {
            let told = format!("{} is in use: stop `scim-facade serve`, then run this again", path.display());
            return Err(Failed::new(told));
        }
    };
    Ok(Arc::new(store.map_err(failed)?))
}

/// The file of a configuration's store.
pub(super) fn file_of(config: &Config) -> Result<PathBuf, Failed> {
    match &config.store {
        StoreConfig::File(path) => Ok(path.clone()),
        StoreConfig::Memory => Err(Failed::misuse("store.memory = true: there is no file to look after")),
    }
}

/// The context of a command that nobody but the operator waits for.
pub(super) fn ctx(command: &str, target: &TargetName, tools: &Tools) -> Result<Ctx, Failed> {
    let request = format!("{command}-{}", tools.ids.uuid());
    Ok(Ctx::begun(request, target, &wiring::ourselves()?, &*tools.clock, PATIENCE))
}

/// Why a command could not go on.
pub(super) fn failed(failure: Failure) -> Failed {
    match failure {
        Failure::Refused(error) | Failure::Pending(error) => {
            Failed::new(format!("the product could not be asked: {error}"))
        }
        Failure::Store(error) => Failed::new(error.to_string()),
    }
}
