//! Why a command ended before its time.

use crate::config::Problem;

/// What to tell, and with which code to exit.
#[derive(Debug)]
pub struct Failed {
    lines: Vec<String>,
    misuse: bool,
}

impl Failed {
    /// Something went wrong.
    pub fn new(line: impl Into<String>) -> Self {
        Self { lines: vec![line.into()], misuse: false }
    }

    /// What was asked for is wrong; nothing was started.
    pub(super) fn misuse(line: impl Into<String>) -> Self {
        Self { lines: vec![line.into()], misuse: true }
    }

    /// The configuration is wrong; nothing was started.
    pub(super) fn configuration(problems: &[Problem]) -> Self {
        let count = problems.len();
        let found = format!("the configuration has {count} problem{}:", if count == 1 { "" } else { "s" });
        let lines = std::iter::once(found).chain(problems.iter().map(|problem| format!("  {problem}")));
        Self { lines: lines.collect(), misuse: true }
    }

    /// What to tell.
    pub(super) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// 2 for what is the caller's to change, else 1.
    pub(super) fn exit_code(&self) -> u8 {
        if self.misuse { 2 } else { 1 }
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}
