//! Looking after the store: copies that are put back, records that are forgotten.

mod crash;
mod erasure;
mod intents;
mod kinds;
mod quarantine;
mod readonly;
mod retention;
mod scene;
mod week;
