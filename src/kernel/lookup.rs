//! Tables that are looked up by key.

use std::collections::HashMap;

/// Rows by key, in no order.
///
/// Hashed with foldhash, as hashbrown does by default: the standard library's hash takes some 300 instructions for an id. It is
/// seeded anew by each process, but not made against somebody who studies a running one for keys that collide. So it is for tables
/// that such keys can't hurt: what is under way at the moment, labels of metrics, and the directory and the store of a demonstration.
/// A durable store finds its rows by other means.
pub type Lookup<K, V> = HashMap<K, V, foldhash::fast::RandomState>;
