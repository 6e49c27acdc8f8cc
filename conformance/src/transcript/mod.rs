//! What identity providers send, as data: one file per provider, played step by step.

mod play;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Every provider and its file.
pub const PROVIDERS: &[(&str, &str)] = &[
    ("okta", include_str!("../../transcripts/okta.json")),
    ("entra", include_str!("../../transcripts/entra.json")),
    ("jumpcloud", include_str!("../../transcripts/jumpcloud.json")),
    ("onelogin", include_str!("../../transcripts/onelogin.json")),
    ("ping", include_str!("../../transcripts/ping.json")),
    ("google", include_str!("../../transcripts/google.json")),
    ("authentik", include_str!("../../transcripts/authentik.json")),
    ("keycloak", include_str!("../../transcripts/keycloak.json")),
    ("sailpoint", include_str!("../../transcripts/sailpoint.json")),
];

/// One file of `transcripts/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// Whose client it is.
    pub provider: String,
    /// What the client sends with every request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What it does.
    pub stories: Vec<Story>,
}

/// Requests that belong together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// `provider/name`.
    pub name: String,
    /// What the identity provider does.
    pub title: String,
    /// Where it was learnt.
    pub source: String,
    /// What the server has to advertise.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// The requests, in order.
    pub steps: Vec<Step>,
    /// The headers of the transcript.
    #[serde(skip)]
    pub headers: BTreeMap<String, String>,
}

/// Something that not every server has.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// Groups.
    Groups,
    /// PATCH.
    Patch,
    /// The enterprise extension.
    Enterprise,
    /// Roles of people.
    Roles,
    /// Addresses of people.
    Addresses,
}

/// One request, and what its answer has to be. `{{name}}` stands for what an earlier step captured, `{{run}}` for a text that
/// no other run has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// `METHOD /path?query`, as it goes over the wire.
    pub request: String,
    /// Headers of this request alone. `Authorization` takes the place of the credential.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Option<Value>,
    /// The statuses with which the client goes on.
    pub status: Vec<u16>,
    /// Values of the answer to keep: name and JSON pointer.
    #[serde(default)]
    pub capture: BTreeMap<String, String>,
    /// JSON pointers and the values there.
    #[serde(default)]
    pub equal: BTreeMap<String, Value>,
    /// JSON pointers where nothing is, or an empty value.
    #[serde(default)]
    pub absent: Vec<String>,
    /// Arrays whose elements have, in any order, exactly these values: pointer, key in each element, values.
    #[serde(default)]
    pub values: BTreeMap<String, Values>,
    /// What the client needs it for.
    pub why: String,
}

/// What the elements of an array have.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Values {
    /// The key of each element.
    pub of: String,
    /// The values, in any order.
    pub are: Vec<Value>,
}

/// Reads a transcript.
///
/// # Errors
/// The text is no transcript.
pub fn parse(text: &str) -> Result<Transcript, serde_json::Error> {
    let mut transcript: Transcript = serde_json::from_str(text)?;
    for story in &mut transcript.stories {
        story.name = format!("{}/{}", transcript.provider, story.name);
        story.headers = transcript.headers.clone();
    }
    Ok(transcript)
}

/// The stories of one provider.
///
/// # Errors
/// The provider's file is no transcript.
pub fn stories(provider: &str) -> Result<Vec<Story>, serde_json::Error> {
    let text = PROVIDERS.iter().find(|(name, _)| *name == provider).map_or("", |(_, text)| *text);
    Ok(parse(text)?.stories)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{PROVIDERS, parse, stories};

    /// The names between double braces in a text.
    fn names(text: &str) -> Vec<&str> {
        text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).collect()
    }

    #[test]
    fn a_step_uses_only_what_an_earlier_one_captured() {
        for (provider, _) in PROVIDERS {
            for story in stories(provider).unwrap() {
                let mut known = BTreeSet::from(["run"]);
                for step in &story.steps {
                    let text = format!("{} {:?} {:?} {:?}", step.request, step.body, step.equal, step.values);
                    let unknown: Vec<&str> =
                        names(&text).into_iter().filter(|name| !known.contains(name)).collect();
                    assert!(unknown.is_empty(), "{}: {unknown:?} in {}", story.name, step.request);
                    known.extend(step.capture.keys().map(String::as_str));
                }
            }
        }
    }

    /// Otherwise runs would meet one another, and what they made could not be told from what was there.
    #[test]
    fn everything_that_a_story_makes_has_the_name_of_its_run() {
        for (provider, _) in PROVIDERS {
            for story in stories(provider).unwrap() {
                for step in story.steps.iter().filter(|step| step.request.starts_with("POST ")) {
                    let body = step.body.as_ref().unwrap();
                    let name = body.get("userName").or(body.get("displayName")).unwrap().as_str().unwrap();
                    assert!(name.starts_with("{{run}}"), "{}: {name}", story.name);
                }
            }
        }
    }

    #[test]
    fn a_key_that_nobody_reads_is_an_error() {
        let step = r#"{"request": "GET /Users", "status": [200], "why": "x", "expect": {}}"#;
        let text = format!(
            r#"{{"provider": "x", "stories": [{{"name": "a", "title": "t", "source": "s", "steps": [{step}]}}]}}"#
        );
        assert!(parse(&text).unwrap_err().to_string().contains("unknown field `expect`"));
    }
}
