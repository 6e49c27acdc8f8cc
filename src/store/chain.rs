//! The audit chain: each row is hashed together with the hash of the row before it, so that no row can be changed,
//! taken out or put in between without every later hash telling. (Only rows cut off at the end leave no trace here:
//! that takes a copy elsewhere.)

use sha2::{Digest, Sha256};

use super::{AuditRow, Result, StoreError};

/// A row's SHA-256.
pub type Hash = [u8; 32];

/// What stands before the first row.
pub const GENESIS: Hash = [0; 32];

/// What [`verify`](super::memory::MemoryStore::verify_audit) found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// All rows, so many, are as they were written.
    Intact(u64),
    /// The row with this number, counted from 1, is not what was written there.
    Broken(u64),
}

/// One row as it is stored: the exact text that was hashed, and the two hashes.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The row as JSON, in the order of [`AuditRow`]'s fields and without spaces.
    pub row: String,
    /// The hash of the row before.
    pub prev: Vec<u8>,
    /// The hash of this row.
    pub hash: Vec<u8>,
}

/// Seals a row behind the row whose hash is `prev`.
///
/// # Errors
/// [`StoreError::Failed`] if the row can't be written as JSON.
pub fn seal(prev: &[u8], row: &AuditRow) -> Result<Sealed> {
    let row = serde_json::to_string(row).map_err(|e| StoreError::Failed(e.to_string()))?;
    Ok(Sealed { hash: hash(prev, &row).to_vec(), prev: prev.to_vec(), row })
}

fn hash(prev: &[u8], row: &str) -> Hash {
    Sha256::new().chain_update(prev).chain_update(row).finalize().into()
}

/// Verifies rows as they come, oldest first.
pub struct Verifier {
    last: Hash,
    rows: u64,
}

impl Verifier {
    /// Before the first row.
    pub fn new() -> Self {
        Self { last: GENESIS, rows: 0 }
    }

    /// Takes the next row; false if it is not what was written behind the rows so far.
    pub fn accepts(&mut self, next: &Sealed) -> bool {
        let prev = self.last;
        self.rows += 1;
        self.last = hash(&prev, &next.row);
        next.prev == prev && next.hash == self.last
    }

    /// How many rows it took.
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(rows: &[&str]) -> Vec<Sealed> {
        let mut prev = GENESIS.to_vec();
        let mut seal = |row: &&str| {
            let sealed =
                Sealed { row: (*row).to_owned(), prev: prev.clone(), hash: hash(&prev, row).to_vec() };
            prev.clone_from(&sealed.hash);
            sealed
        };
        rows.iter().map(&mut seal).collect()
    }

    fn intact(rows: &[Sealed]) -> bool {
        let mut verifier = Verifier::new();
        rows.iter().all(|row| verifier.accepts(row))
    }

    #[test]
    fn an_untouched_chain_is_intact() {
        assert!(intact(&sealed(&[])));
        assert!(intact(&sealed(&["a", "b", "c"])));
    }

    #[test]
    fn a_change_a_gap_and_a_swap_are_found() {
        let rows = sealed(&["a", "b", "c"]);
        let mut changed = rows.clone();
        changed[1].row = "B".to_owned();
        assert!(!intact(&changed));
        let mut rehashed = changed.clone();
        rehashed[1].hash = hash(&rehashed[1].prev, "B").to_vec();
        assert!(!intact(&rehashed), "the next row still names the old hash");
        assert!(!intact(&[rows[0].clone(), rows[2].clone()]));
        assert!(!intact(&[rows[1].clone(), rows[0].clone(), rows[2].clone()]));
        assert!(!intact(&rows[1..]), "the first row is gone");
    }
}
