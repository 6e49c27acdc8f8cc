//! `check`.

use std::path::PathBuf;
use std::time::Duration;

use super::failed::Failed;
use super::file;
use super::output::{Output, Style, WIDTH, wrap};
use super::stateless;
use super::wiring::{self, Tools};
use crate::backend::Backend;
use crate::config::Config;
use crate::kernel::{ClientName, Ctx, Deadline, Priority, TargetName};

/// Look for problems in a configuration, then ask each backend whether it can be reached
///
/// Names every problem of a configuration at once, says what a deactivation does on each target, then asks each backend
/// whether it can be reached with its credential. Changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  scim-facade check --config /etc/scim-facade.toml")]
pub(super) struct Options {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// How long one backend may take to answer.
const PATIENCE: Duration = Duration::from_secs(25);

pub(super) async fn run(options: &Options, output: &Output) -> Result<(), Failed> {
    let (config, warnings) = file::load(&options.config)?;
    for warning in &warnings {
        output.warning(warning);
    }
    output.line(&format!("{}: no problems", options.config.display()));
    consequences(&config, *output);
    let tools = Tools::default();
    let mut unreachable = Vec::new();
    for (name, backend) in wiring::backends(&config, &tools)? {
        if config.targets.get(&name).is_some_and(|target| !target.keeps_shadows) {
            output.styled(Style::Bold, &format!("{name}: shadow = \"off\""));
            for told in stateless::consequences(&config, &name, backend.capabilities()) {
                wrap(&told, WIDTH - 2).iter().for_each(|line| output.line(&format!("  {line}")));
            }
        }
        match probe(wiring::ourselves()?, &name, &*backend, &tools).await {
            Ok(facts) => {
                output.styled(Style::Good, &format!("{name}: can be reached"));
                facts.iter().for_each(|fact| output.line(&format!("  {fact}")));
            }
            Err(reason) => {
                output.styled(Style::Bad, &format!("{name}: {reason}"));
                unreachable.push(name.to_string());
            }
        }
    }
    if unreachable.is_empty() {
        return Ok(());
    }
    Err(Failed::new(format!("can't be used: {}", unreachable.join(", "))))
}

/// What `active: false` does on each target, for the operator who chose it.
fn consequences(config: &Config, output: Output) {
    for (name, policy) in config.deactivations() {
        output.styled(Style::Bold, &format!("{name}: deactivate = \"{}\"", policy.word()));
        for line in wrap(policy.consequences(), WIDTH - 2) {
            output.line(&format!("  {line}"));
        }
    }
}

async fn probe(
    client: ClientName,
    name: &TargetName,
    backend: &dyn Backend,
    tools: &Tools,
) -> Result<Vec<String>, String> {
    let ctx = Ctx {
        request: tools.ids.uuid().to_string().into(),
        target: name.clone(),
        client,
        received: tools.clock.now(),
        deadline: Deadline::after(&*tools.clock, PATIENCE),
        priority: Priority::Interactive,
    };
    let probe = backend.probe(&ctx).await.map_err(|error| error.to_string())?;
    Ok(probe.facts)
}
