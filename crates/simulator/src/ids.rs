//! Ids that look random and are the same in every run.

use sha2::{Digest, Sha256};
use uuid::Builder;

/// A source of ids: a seed, a purpose and a counter.
#[derive(Clone, Debug)]
pub struct Ids {
    seed: u64,
    purpose: &'static str,
    counter: u64,
}

impl Ids {
    /// Starts counting at zero. Sources with different purposes never give the same id.
    #[must_use]
    pub fn new(seed: u64, purpose: &'static str) -> Self {
        Self { seed, purpose, counter: 0 }
    }

    /// The next UUID, as text.
    pub fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.digest()[..16]);
        Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// The next secret: 64 hexadecimal digits.
    pub fn hex(&mut self) -> String {
        self.digest().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn digest(&mut self) -> [u8; 32] {
        self.counter += 1;
        Sha256::digest(format!("{}/{}/{}", self.seed, self.purpose, self.counter)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let (mut one, mut two) = (Ids::new(7, "things"), Ids::new(7, "things"));
        let first = one.uuid();
        assert_eq!(first, two.uuid());
        assert_ne!(first, one.uuid());
        assert_ne!(first, Ids::new(8, "things").uuid());
        assert_ne!(first, Ids::new(7, "others").uuid());
        assert_eq!(one.hex().len(), 64);
    }
}
