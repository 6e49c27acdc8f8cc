//! What a simulator starts with.

use serde::{Deserialize, Serialize};

/// The people and groups that are there from the start. Credentials and what a vendor predefines are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Seed {
    /// No people, no groups.
    Empty,
    /// A company with everything odd that a real directory has.
    Sample,
    /// So many plain users, and a tenth as many groups of ten.
    Many {
        /// The number of users.
        users: usize,
    },
}

const FIRST: [&str; 12] =
    ["Ben", "Cara", "Dirk", "Eva", "Finn", "Gesa", "Hans", "Ida", "Jan", "Kira", "Lars", "Mia"];
const LAST: [&str; 18] = [
    "Adler", "Bauer", "Conrad", "Dorn", "Esser", "Frank", "Graf", "Huber", "Iller", "Jung", "Kranz", "Lange",
    "Maier", "Nolte", "Otto", "Pohl", "Quast", "Reuter",
];

/// First name, last name and e-mail of up to 216 plain people, always the same ones.
pub(crate) fn colleagues() -> impl Iterator<Item = (&'static str, &'static str, String)> {
    LAST.iter().flat_map(|last| {
        FIRST.iter().map(move |first| {
            let email = format!("{first}.{last}@example.com").to_lowercase();
            (*first, *last, email)
        })
    })
}
