//! Takes secrets out of what is shown.

/// What stands where a secret was.
pub const MASKED: &str = "****";

/// Takes the secrets of one run out of texts.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    secrets: Vec<String>,
}

impl Mask {
    /// A mask for these secrets. Very short ones are left alone: they would turn up in ordinary words.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut secrets: Vec<String> = secrets.into_iter().filter(|secret| secret.len() >= 4).collect();
        // The longest first, so that a secret within another leaves nothing behind.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self { secrets }
    }

    /// The text without the secrets.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, MASKED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_within_another_leaves_nothing_behind() {
        let mask = Mask::new(["abcd".to_owned(), "abcdefgh".to_owned(), "x".to_owned()]);
        assert_eq!(mask.apply("Bearer abcdefgh and abcd, x"), "Bearer **** and ****, x");
    }
}
