//! Tables that are looked up by key.

use std::collections::HashMap;

/// Rows by key, in no order.
///
/// Hashed with foldhash, as hashbrown does by default: the standard library's hash takes some 300 instructions for an id. Clients,
/// all of them with a credential, choose some of the keys. Each table is seeded at random, so that nobody knows beforehand which
/// keys collide, and neither a hash nor an order that follows from one is ever shown.
pub type Lookup<K, V> = HashMap<K, V, foldhash::fast::RandomState>;
