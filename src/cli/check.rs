//! `check`.

use std::path::PathBuf;
use std::time::Duration;

use super::failed::Failed;
use super::file;
use super::output::{Output, Style, WIDTH, wrap};
use super::stateless;
use super::wiring::{self, Tools};
use crate::backend::{Backend, Probe};
use crate::config::Config;
use crate::kernel::{ClientName, Ctx, Priority, TargetName};

/// Look for problems in a configuration, then ask each backend whether it can be reached
///
/// Names every problem of a configuration at once, says what a deactivation does on each target, then asks each backend
/// whether it can be reached with its credential and what operators should know of it. Changes nothing. The exit status is 0
/// only if every target can be used.
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
    let tools = Tools::default();
    let backends = wiring::backends(&config, &tools)?;
    output.line(&format!("{}: no problems", options.config.display()));
    consequences(&config, *output);
    let mut unfit = Vec::new();
    for (name, backend) in backends {
        if config.targets.get(&name).is_some_and(|target| !target.keeps_shadows) {
            output.styled(Style::Bold, &format!("{name}: shadow = \"off\""));
            for told in stateless::consequences(&config, &name, backend.capabilities()) {
                wrap(&told, WIDTH - 2).iter().for_each(|line| output.line(&format!("  {line}")));
            }
        }
        let probe = probe(wiring::ourselves()?, &name, &*backend, &tools).await;
        if !told(&name, probe, *output) {
            unfit.push(name.to_string());
        }
    }
    if unfit.is_empty() {
        return Ok(());
    }
    Err(Failed::new(format!("can't be used: {}", unfit.join(", "))))
}

/// Prints what a backend said; gives whether it can be used.
fn told(name: &TargetName, probe: Result<Probe, String>, output: Output) -> bool {
    let probe = match probe {
        Ok(probe) => probe,
        Err(reason) => {
            output.styled(Style::Bad, &format!("{name}: {reason}"));
            return false;
        }
    };
    let is_fit = probe.failures.is_empty();
    match is_fit {
        true => output.styled(Style::Good, &format!("{name}: can be reached")),
        false => output.styled(Style::Bad, &format!("{name}: can be reached, but not used as it is")),
    }
    for (style, before, lines) in [
        (Style::Bad, "failure: ", &probe.failures),
        (Style::Warn, "warning: ", &probe.warnings),
        (Style::Plain, "", &probe.facts),
    ] {
        for line in lines.iter().flat_map(|line| wrap(&format!("{before}{line}"), WIDTH - 2)) {
            output.styled(style, &format!("  {line}"));
        }
    }
    is_fit
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
) -> Result<Probe, String> {
    let ctx = Ctx::begun(tools.ids.uuid().to_string(), name, &client, &*tools.clock, PATIENCE);
    backend.probe(&ctx.at(Priority::Interactive)).await.map_err(|error| error.to_string())
}
