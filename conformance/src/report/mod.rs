//! What a run found, in four forms.

mod html;
mod json;
mod junit;
mod text;

use clap::ValueEnum;

use crate::check::Outcome;
use crate::reply::Exchange;
use crate::run::{Finding, Report};

/// A form of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, at a terminal.
    Text,
    /// For programs.
    Json,
    /// For build servers.
    Junit,
    /// One file for a browser.
    Html,
}

/// A report as text of one form. Colours are for terminals, and only the text form has them.
#[must_use]
pub fn render(report: &Report, format: Format, colours: bool) -> String {
    match format {
        Format::Text => text::render(report, colours),
        Format::Json => json::render(report),
        Format::Junit => junit::render(report),
        Format::Html => html::render(report),
    }
}

/// A text as it stands in XML and HTML. Characters that XML 1.0 forbids are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

/// A request and its answer, as lines.
fn quoted(exchange: &Exchange) -> Vec<String> {
    let mut lines = vec![format!("request   {}", exchange.request)];
    let sent = exchange.request_headers.iter().map(String::as_str).chain(exchange.request_body.lines());
    lines.extend(sent.map(|line| format!("          {line}")));
    if exchange.status > 0 {
        lines.push(format!("answer    {} {}", exchange.status, exchange.answer_headers.join("; ")));
        lines.extend(exchange.answer_body.lines().take(12).map(|line| format!("          {line}")));
    }
    lines
}

/// What is wrong with a finding that is no pass, as lines.
fn told(finding: &Finding) -> Vec<String> {
    let reason = if finding.outcome == Outcome::Skip { "because " } else { "found   " };
    let mut lines = Vec::new();
    for (label, text) in [("expected", &finding.expected), (reason, &finding.found)] {
        if !text.is_empty() {
            lines.push(format!("{label}  {text}"));
        }
    }
    lines.extend(finding.exchange.iter().flat_map(quoted));
    lines
}

/// The part of a name before its slash.
fn group(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests;
