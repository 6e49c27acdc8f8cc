//! What the databases don't agree on. Everything else is in [`super::sql`].

pub(super) mod sqlite;
