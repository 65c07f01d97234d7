//! Values and words that every other floor uses.

pub(crate) mod panic;
pub(crate) mod peer;
pub(crate) mod refusal;
pub(crate) mod state;
pub(crate) mod time;
pub(crate) mod time_forms;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, DefaultHasher};

/// A hash map by ids and the like, which nobody chooses so that they collide: it needs no random seed.
pub(crate) type Map<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;
/// A hash set of the same.
pub(crate) type Set<K> = HashSet<K, BuildHasherDefault<DefaultHasher>>;
