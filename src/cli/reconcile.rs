//! `reconcile`.

use std::path::PathBuf;
use std::time::Duration;

use super::care::{self, Access, Cared};
use super::failed::Failed;
use super::output::{Output, Style};
use super::wiring::Tools;
use super::{file, start_logging};
use crate::delivery::reconcile::{Applied, Fate, Finding, Item, OpenWish, Plan, Terms, WhenBack};
use crate::kernel::TargetName;

/// Make a restored store agree with the product again
///
/// Compares every record of a target with the product: who is gone, who has another object, which fields drifted, who should
/// have no access and is there, and what was still to be done. --plan tells it, by ids and names of fields, never by values,
/// and changes nothing. --apply carries out the plan that has this digest, if nothing has changed since; interrupted, the same
/// command goes on. Then the target may be written again.
///
/// Nobody who is gone from the product is made again: records take over what is there. What gives access is dropped, but for
/// additions to a group that were still to be done and are younger than journal.max_age. People who should have no access are
/// ended again.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  scim-facade reconcile --config /etc/scim-facade.toml --target sophos --plan\n  \
                        scim-facade reconcile --config /etc/scim-facade.toml --target sophos --apply 3f0c…\n\n\
                        --plan works while the store is served, --apply needs `serve` to be stopped."
)]
pub(super) struct Options {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The target whose records are compared
    #[arg(long, value_name = "NAME")]
    target: String,
    /// What becomes of people who should have no access and are there: end it again, or keep what the product has
    #[arg(long, value_name = "WORD", value_enum, default_value = "end")]
    when_back: Back,
    #[command(flatten)]
    step: Step,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Step {
    /// Tell what differs, and the digest of the plan
    #[arg(long)]
    plan: bool,
    /// Carry out the plan with this digest
    #[arg(long, value_name = "DIGEST")]
    apply: Option<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Back {
    End,
    Keep,
}

pub(super) async fn run(options: &Options, output: &Output) -> Result<(), Failed> {
    let (config, _) = file::load(&options.config)?;
    start_logging(config.log)?;
    let target = TargetName::parse(&options.target).map_err(|error| Failed::misuse(error.to_string()))?;
    let when_back = match options.when_back {
        Back::End => WhenBack::End,
        Back::Keep => WhenBack::Keep,
    };
    let terms = Terms { max_age: config.journal.max_age, when_back };
    let access = if options.step.apply.is_some() { Access::Write } else { Access::Read };
    let tools = Tools::default();
    let cared = Cared::open(&config, &target, access, &tools).await?;
    let outcome = carry_out(&cared, options, &target, &terms, &tools, *output).await;
    cared.close().await;
    outcome
}

async fn carry_out(
    cared: &Cared,
    options: &Options,
    target: &TargetName,
    terms: &Terms,
    tools: &Tools,
    output: Output,
) -> Result<(), Failed> {
    let ctx = care::ctx("reconcile", target, tools)?;
    let plan = cared.facade.compare(&ctx, terms).await.map_err(care::failed)?;
    let Some(digest) = &options.step.apply else {
        tell(&plan, output);
        return Ok(());
    };
    match cared.facade.reconcile(&ctx, &plan, digest).await.map_err(care::failed)? {
        Applied::Done(count) => {
            output.styled(Style::Good, &format!("{target}: {count} reconciled; the target may be written"));
            Ok(())
        }
        Applied::Changed(_) => {
            tell(&plan, output);
            Err(Failed::new(
                "the plan is another one by now, and nothing was done: look at it and apply its digest",
            ))
        }
        Applied::Unfinished(count) => Err(Failed::new(format!(
            "{count} wait for the product: run the same command again; until then the target stays as it was"
        ))),
    }
}

fn tell(plan: &Plan, output: Output) {
    let origin = if plan.restored { "restored from a copy, read-only" } else { "no copy" };
    output.styled(Style::Bold, &format!("{}: {origin}; {} records compared", plan.target, plan.compared));
    for item in &plan.items {
        output.line(&line(item));
        item.wishes.iter().for_each(|wish| output.line(&format!("    {}", wish_line(wish))));
    }
    for operation in &plan.operations {
        let advice = "dropped; let the identity provider send the group again";
        output.line(&format!("  Group {} was in a large change of members: {advice}", operation.group));
    }
    let acting = plan.items.iter().filter(|item| item.acts()).count();
    let ends = plan.items.iter().filter(|item| item.ends_access()).count();
    output.line(&format!("{acting} to reconcile, {ends} of them end an access in the product"));
    output.line(&format!("digest {}", plan.digest()));
}

fn line(item: &Item) -> String {
    let what = match &item.finding {
        Finding::Same => "is as recorded".to_owned(),
        Finding::Drifted(fields) => format!("has other values of {}: taken over", fields.join(", ")),
        Finding::Linked(at) => format!("is another object there: linked to {}", at.id),
        Finding::Gone => "is gone: forgotten, never made again".to_owned(),
        Finding::Ended => "is gone, as was wished: recorded".to_owned(),
        Finding::Back(at) => format!("should have no access and is there as {}: ENDED AGAIN", at.id),
        Finding::Managed(at) => {
            format!(
                "should have no access and is there as {}: end it in the directory that manages it",
                at.id
            )
        }
        Finding::Several(count) => format!("has {count} objects in its place: left alone, look which it is"),
    };
    format!("  {} {} ({}) {what}", item.kind, item.scim_id, item.state.as_str())
}

fn wish_line(wish: &OpenWish) -> String {
    let fate = match wish.fate {
        Fate::Resent => "sent again",
        Fate::LookedAt => "looked at, never sent again",
        Fate::Dropped => "dropped",
        Fate::Left => "goes on by itself",
    };
    let held = if wish.held { ", held" } else { "" };
    format!("wish {} of {} ago{held}: {fate}", wish.action.as_str(), age(wish.age))
}

/// A duration in its largest unit.
fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}
