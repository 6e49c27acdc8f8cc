//! Hashes as text.

use sha2::{Digest, Sha256};

/// A SHA-256 over parts. Each part is preceded by its length, so that no two different rows of parts hash the same bytes.
#[derive(Clone, Debug, Default)]
pub struct PartsHash(Sha256);

impl PartsHash {
    /// Adds a part.
    pub fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
    }

    /// The hash of all parts, as 64 hexadecimal digits.
    pub fn into_hex(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Bytes as hexadecimal digits, two for each, in lower case.
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    // Half a byte always is a digit.
    digits.filter_map(|half| char::from_digit(half.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(parts: &[&str]) -> String {
        let mut hash = PartsHash::default();
        parts.iter().for_each(|part| hash.add(part.as_bytes()));
        hash.into_hex()
    }

    #[test]
    fn bytes_are_two_digits_each() {
        assert_eq!(hex(&[0, 9, 0x0a, 0xff]), "00090aff");
    }

    #[test]
    fn parts_are_kept_apart() {
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["ab"]), of(&["ab", ""]));
    }
}
