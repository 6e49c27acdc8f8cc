//! For programs.

use serde_json::{Map, Value, json};

use crate::check::Outcome;
use crate::run::Report;

/// The report, with a summary in front.
pub(super) fn render(report: &Report) -> String {
    let counts: Map<String, Value> = Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome.word().to_owned(), json!(report.count(outcome))))
        .collect();
    let mut whole = json!({"summary": counts});
    if let (Some(whole), Ok(Value::Object(report))) = (whole.as_object_mut(), serde_json::to_value(report)) {
        whole.extend(report);
    }
    format!("{whole:#}\n")
}
