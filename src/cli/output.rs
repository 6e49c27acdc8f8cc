//! The one place that prints. What a command is asked for goes to standard output, what went wrong to standard error.

use std::io::{self, IsTerminal, Write};

use super::failed::Failed;

/// The widest line that the program composes.
pub(super) const WIDTH: usize = 110;

/// How a part of a line is set off, on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As it is.
    Plain,
    /// A title.
    Bold,
    /// What matters less.
    Dim,
    /// It worked.
    Good,
    /// It works, and somebody should look.
    Warn,
    /// It did not.
    Bad,
}

/// Standard output and standard error.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    colours: bool,
}

impl Output {
    /// This process's. Colours only on a terminal, and not if `NO_COLOR` is set (<https://no-color.org>).
    pub(super) fn standard() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colours: io::stdout().is_terminal() && !unwanted }
    }

    /// Prints a line.
    pub(super) fn line(self, text: &str) {
        // Nobody reads any more: nothing to tell anybody.
        let _ = writeln!(io::stdout().lock(), "{text}");
    }

    /// Prints a line in one style.
    pub(super) fn styled(self, style: Style, text: &str) {
        self.line(&self.paint(style, text));
    }

    /// A text with the codes of a style around it, where there are colours.
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        let code = match style {
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Good => "32",
            Style::Warn => "33",
            Style::Bad => "31",
            Style::Plain => return text.to_owned(),
        };
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Prints a warning.
    pub(super) fn warning(self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "warning: {text}");
    }

    /// Prints why the command failed.
    pub(super) fn failure(self, failed: &Failed) {
        let mut stderr = io::stderr().lock();
        for (number, line) in failed.lines().iter().enumerate() {
            let before = if number == 0 { "error: " } else { "" };
            let _ = writeln!(stderr, "{before}{line}");
        }
    }
}

/// The text, cut to `width` characters with `…` at the end if it is longer.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

/// The text in lines of at most `width` characters, broken at spaces.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_and_wrapped() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äö…");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("", 7), [""]);
    }
}
