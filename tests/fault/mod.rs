//! What a crash, a troubled backend or a lost answer must never do: a duplicate, a lost person, somebody with access
//! who should have none, an untrue answer, a wish that stays open.

mod answers;
mod between;
mod boundaries;
mod bulk;
mod conditions;
pub mod crash;
mod down;
mod engine;
mod folding;
pub mod kinds;
mod lag;
mod large;
mod later;
mod members;
mod nameless;
mod order;
mod overtaken;
mod refused;
pub mod retry;
mod returns;
pub mod truth;
