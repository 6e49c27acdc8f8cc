//! For build servers: one test suite per group. A warning is a pass with its text in `system-out`, for the form has no word for it.

use std::fmt::Write as _;

use super::{escaped, group, told};
use crate::check::Outcome;
use crate::run::{Finding, Report};

/// The report.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"scim-conformance {}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" time=\"{}\">",
        escaped(&report.profile),
        report.findings.len(),
        report.count(Outcome::Fail),
        report.count(Outcome::Skip),
        seconds(report.milliseconds),
    );
    for suite in report.findings.chunk_by(|one, next| group(&one.name) == group(&next.name)) {
        write_suite(&mut out, suite);
    }
    out.push_str("</testsuites>\n");
    out
}

fn write_suite(out: &mut String, suite: &[Finding]) {
    let count = |outcome| suite.iter().filter(|finding| finding.outcome == outcome).count();
    let name = suite.first().map(|finding| group(&finding.name)).unwrap_or_default();
    let _ = writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{}\">",
        escaped(name),
        suite.len(),
        count(Outcome::Fail),
        count(Outcome::Skip),
        seconds(suite.iter().map(|finding| finding.milliseconds).sum()),
    );
    for finding in suite {
        let class = format!("{}.{}", name, finding.section);
        let title = format!("{}: {}", finding.name, finding.title);
        let time = seconds(finding.milliseconds);
        let _ = write!(
            out,
            "    <testcase classname=\"{}\" name=\"{}\" time=\"{time}\"",
            escaped(&class),
            escaped(&title)
        );
        let text = escaped(&told(finding).join("\n"));
        match finding.outcome {
            Outcome::Pass => out.push_str("/>\n"),
            Outcome::Skip => {
                let _ = writeln!(out, "><skipped message=\"{}\"/></testcase>", escaped(&finding.found));
            }
            Outcome::Fail => {
                let message = escaped(&finding.expected);
                let _ = writeln!(out, "><failure message=\"{message}\">{text}</failure></testcase>");
            }
            Outcome::Warn => {
                let _ = writeln!(out, "><system-out>warning: {text}</system-out></testcase>");
            }
        }
    }
    out.push_str("  </testsuite>\n");
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
}
