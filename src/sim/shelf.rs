//! Shelves: the items of a store, in the order in which they are taken.

use std::collections::VecDeque;

/// The items of a store.
pub(super) trait Shelf<T>: 'static {
    fn new() -> Self;
    fn len(&self) -> usize;
    fn push(&mut self, item: T);
    /// Takes the next item, or the first that `wanted` is for, and says where to put it back.
    fn pop(&mut self, wanted: Option<&dyn Fn(&T) -> bool>) -> Option<(u64, T)>;
    /// Puts an item back.
    fn restore(&mut self, item: (u64, T));
}

/// First in, first out.
pub(super) struct Row<T> {
    /// Each with its number, in the order of those.
    items: VecDeque<(u64, T)>,
    /// How many have been put in.
    count: u64,
}

impl<T: 'static> Shelf<T> for Row<T> {
    fn new() -> Self {
        Row { items: VecDeque::new(), count: 0 }
    }

    fn len(&self) -> usize {
        self.items.len()
    }

    fn push(&mut self, item: T) {
        self.items.push_back((self.count, item));
        self.count += 1;
    }

    fn pop(&mut self, wanted: Option<&dyn Fn(&T) -> bool>) -> Option<(u64, T)> {
        let nth = wanted.map_or(Some(0), |wanted| self.items.iter().position(|(_, item)| wanted(item)))?;
        self.items.remove(nth)
    }

    fn restore(&mut self, item: (u64, T)) {
        let nth = self.items.partition_point(|(other, _)| *other < item.0);
        self.items.insert(nth, item);
    }
}

/// The least first, by a binary heap that moves its items as CPython's `heapq` does: so equal ones come out in the same
/// order as there.
pub(super) struct Heap<T>(Vec<T>);

impl<T: Ord> Heap<T> {
    /// Moves the item at `at` towards the root, as far as those above it are greater.
    fn sift_up(&mut self, mut at: usize) {
        while at > 0 && self.0[at] < self.0[(at - 1) / 2] {
            self.0.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }
}

impl<T: Ord + 'static> Shelf<T> for Heap<T> {
    fn new() -> Self {
        Heap(vec![])
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn push(&mut self, item: T) {
        self.0.push(item);
        self.sift_up(self.0.len() - 1);
    }

    fn pop(&mut self, _: Option<&dyn Fn(&T) -> bool>) -> Option<(u64, T)> {
        let count = self.0.len().checked_sub(1)?;
        self.0.swap(0, count); // it stays until all is in order: to compare may panic
        let mut at = 0;
        // Down to a leaf past the lesser child each time, and up again from there.
        while 2 * at + 1 < count {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let lesser = if right < count && self.0[left] >= self.0[right] { right } else { left };
            self.0.swap(at, lesser);
            at = lesser;
        }
        if count > 0 {
            self.sift_up(at);
        }
        self.0.pop().map(|least| (0, least))
    }

    fn restore(&mut self, (_, item): (u64, T)) {
        self.push(item);
    }
}
