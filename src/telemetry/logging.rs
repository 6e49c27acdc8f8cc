//! Where log lines go, and which.

use std::panic;

use tracing::Level;
use tracing::subscriber::{SetGlobalDefaultError, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;

use super::audit::AUDIT;
use super::request::ACCESS;

/// How a log line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// A subscriber that writes our own lines from `level` on, and other people's from WARN on. Without `access` requests that were
/// served have no line; the audit has its lines at any level.
///
/// Libraries below us log headers and URLs at DEBUG and TRACE, so no setting turns those on: a token or a filter must
/// not get into a log because somebody looks for a fault.
pub fn subscriber<W>(format: Format, level: Level, access: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let ours = ["scim_facade", "scim", "simulator"].map(|name| (name, level));
    let served = if access { level } else { Level::WARN };
    let filter = Targets::new().with_default(Level::WARN).with_targets(ours).with_target(ACCESS, served);
    let filter = filter.with_target(AUDIT, Level::INFO);
    let layer = fmt::layer().with_writer(writer);
    let layer = match format {
        Format::Text => layer.with_ansi(false).boxed(),
        Format::Json => layer.json().flatten_event(true).boxed(),
    };
    Registry::default().with(layer.with_filter(filter))
}

/// Sends every log line of this process to standard error, and panics too, without what they say: a panic's text may
/// hold a value from a request.
///
/// # Errors
/// When the process has a subscriber already.
pub fn init(format: Format, level: Level, access: bool) -> Result<(), SetGlobalDefaultError> {
    tracing::subscriber::set_global_default(subscriber(format, level, access, std::io::stderr))?;
    panic::set_hook(Box::new(|info| {
        let (file, line) = info.location().map_or(("?", 0), |place| (place.file(), place.line()));
        tracing::error!(file, line, "panic");
    }));
    Ok(())
}
