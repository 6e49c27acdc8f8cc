//! Secrets: in the text, in the environment or in a file of their own.

use std::path::Path;

use secrecy::SecretString;
use toml::Value;

use super::problem::Problems;
use super::section::Section;

/// What a configuration may look at besides its own text.
pub trait Env {
    /// An environment variable.
    fn var(&self, name: &str) -> Option<String>;
    /// A file's text.
    ///
    /// # Errors
    /// When there is none, or it can't be read as text.
    fn file(&self, path: &Path) -> std::io::Result<String>;
}

/// This process's environment and the machine's files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Process;

impl Env for Process {
    fn var(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn file(&self, path: &Path) -> std::io::Result<String> {
        std::fs::read_to_string(path)
    }
}

/// Reads secrets, and remembers which of them stand in the text.
pub(super) struct Reader<'a> {
    pub(super) env: &'a dyn Env,
    pub(super) literal: &'a mut Vec<String>,
}

const ADVICE: &str = r#"must be "…", { env = "NAME" } or { file = "/path" }"#;

impl Reader<'_> {
    /// Takes a required secret out of a section. Its value is never part of a problem.
    pub(super) fn read(
        &mut self,
        at: &mut Section,
        key: &str,
        problems: &mut Problems,
    ) -> Option<SecretString> {
        let name = at.key(key);
        let found = match at.value(key) {
            None => Err(format!("is missing: {ADVICE}")),
            Some(Value::String(text)) => {
                self.literal.push(name.clone());
                Ok(text)
            }
            Some(Value::Table(mut source)) => {
                let source = (source.len() == 1).then(|| (source.remove("env"), source.remove("file")));
                match source {
                    Some((Some(Value::String(variable)), None)) => self
                        .env
                        .var(&variable)
                        .ok_or_else(|| format!("the environment variable {variable} is not set")),
                    Some((None, Some(Value::String(path)))) => self
                        .env
                        .file(Path::new(&path))
                        .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
                        .map_err(|error| format!("the file {path} can't be read: {}", error.kind())),
                    _ => Err(ADVICE.to_owned()),
                }
            }
            Some(_) => Err(ADVICE.to_owned()),
        };
        match found {
            Ok(text) if text.is_empty() => problems.add(name, "is empty"),
            Ok(text) => return Some(text.into()),
            Err(advice) => problems.add(name, advice),
        }
        None
    }
}
