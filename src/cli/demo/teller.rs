//! Tells the story: sends a request, looks at the other side, and prints both next to each other.

use ::scim::profile::Profile;
use reqwest::Method;
use serde_json::Value;

use super::super::failed::Failed;
use super::super::output::{Output, Style, WIDTH, cut, wrap};
use super::scim::{Reply, Scim};
use super::simulator::{Call, Simulator, World};

/// The people and the group of the story.
pub(super) const ADA: &str = "ada@example.com";
/// The second person.
pub(super) const GRACE: &str = "grace@example.com";
/// The group.
pub(super) const GROUP: &str = "Engineers";

/// One step: what a client does, and how.
pub(super) struct Step<'a> {
    /// What a client does, in words.
    pub(super) title: &'a str,
    /// What it sends.
    pub(super) method: Method,
    /// Where to, below the base path.
    pub(super) path: String,
    /// The body.
    pub(super) body: Option<Value>,
}

/// What a step is judged by.
pub(super) struct Seen<'a> {
    /// The answer.
    pub(super) reply: &'a Reply,
    /// The native calls that it took.
    pub(super) calls: &'a [Call],
    /// What the directory holds now.
    pub(super) world: &'a World,
}

/// What a step has to show: what is confirmed, or what is not as it should be.
pub(super) type Verdict = Result<&'static str, String>;

/// Sends, looks, prints, and remembers what was not confirmed.
pub(super) struct Teller {
    scim: Scim,
    product: Simulator,
    profile: Profile,
    output: Output,
    steps: usize,
    unconfirmed: Vec<usize>,
}

impl Teller {
    pub(super) fn new(scim: Scim, product: Simulator, profile: Profile, output: Output) -> Self {
        Self { scim, product, profile, output, steps: 0, unconfirmed: Vec::new() }
    }

    /// How strictly the client's requests are read.
    pub(super) fn profile(&self) -> Profile {
        self.profile
    }

    /// Prints whose story begins.
    pub(super) fn title(&self, product: &str) {
        self.output.styled(Style::Bold, &format!("=== {product} ===\n"));
        if self.profile == Profile::Strict {
            self.say(
                "The client's profile is strict: where Okta and Entra ID have a dialect of their own, it would be refused, and the \
                 steps below are spelled as RFC 7644 has it.",
            );
        }
    }

    /// Prints a paragraph.
    pub(super) fn say(&self, text: &str) {
        wrap(text, WIDTH).iter().for_each(|line| self.output.line(line));
        self.output.line("");
    }

    /// Takes a step, prints it, and gives the answer.
    pub(super) async fn step(
        &mut self,
        step: Step<'_>,
        judge: impl FnOnce(&Seen<'_>) -> Verdict,
    ) -> Result<Reply, Failed> {
        self.steps += 1;
        self.output.styled(Style::Bold, &format!("{:>2}. {}", self.steps, step.title));
        // What happened before this step is not this step's doing.
        self.product.calls().await?;
        let reply = self.scim.send(&step.method, &step.path, step.body.as_ref()).await?;
        let (calls, world) = (self.product.calls().await?, self.product.world().await?);
        self.row("SCIM", Style::Plain, &format!("{} {}", step.method, step.path));
        if let Some(body) = &step.body {
            self.row("", Style::Dim, &without_schemas(body).to_string());
        }
        self.row("answer", Style::Plain, &reply.summary());
        if calls.is_empty() {
            self.row("native", Style::Dim, "no call");
        }
        for (number, call) in calls.iter().enumerate() {
            self.row(if number == 0 { "native" } else { "" }, Style::Dim, &call.line());
        }
        self.row("holds", Style::Plain, &world.line(&[ADA, GRACE], GROUP));
        match judge(&Seen { reply: &reply, calls: &calls, world: &world }) {
            Ok(confirmed) => self.row("✓", Style::Good, confirmed),
            Err(reason) => {
                self.unconfirmed.push(self.steps);
                self.row("✗", Style::Bad, &reason);
            }
        }
        self.output.line("");
        Ok(reply)
    }

    /// The moral.
    pub(super) fn end(&self) -> Result<(), Failed> {
        if self.unconfirmed.is_empty() {
            let moral = format!("All {} steps were confirmed on the simulator's side.\n", self.steps);
            self.output.styled(Style::Good, &moral);
            return Ok(());
        }
        let steps: Vec<String> = self.unconfirmed.iter().map(ToString::to_string).collect();
        Err(Failed::new(format!("not confirmed: step {}", steps.join(", "))))
    }

    fn row(&self, what: &str, style: Style, text: &str) {
        let text = self.output.paint(style, &cut(text, WIDTH - 12));
        self.output.line(&format!("    {what:<7} {text}"));
    }
}

/// A body without its `schemas`, which say nothing to a reader.
fn without_schemas(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(map) = body.as_object_mut() {
        map.shift_remove("schemas");
    }
    body
}
