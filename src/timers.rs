//! Deadlines in order: a radix heap, which need not sort because time only goes forward.
//!
//! A timer waits in the bucket named by the highest bit in which its deadline differs from `last`, the time last fired:
//!
//! ```text
//!     last = 01010    bucket   0      1      2      3      4      5
//!                     holds  01010  01011  empty  011xx  empty  1xxxx
//! ```
//!
//! The first bucket that is not empty holds the earliest deadline. To fire, it is dealt out, front to back, into the
//! buckets below it, all empty, around its earliest deadline as the new `last`; all other buckets stay right. Equal
//! deadlines always share a bucket and a bucket stays in the order of arming, so the total order (deadline, order of
//! arming) needs no sequence number. A timer is dealt at most once a bit, and memory is read in sequence.
//!
//! A disarmed timer's target leaves at once; its 16-byte entry stays until it is met, at the latest until the dead
//! outnumber the living. The one slow case: `next`, after the earliest timer was disarmed, searches the first bucket.

use crate::time::Time;
use std::{fmt, mem};

const BUCKETS: usize = 64;
/// A bucket that is emptied keeps its buffer only up to this many entries.
const KEPT: usize = 256;
/// Up to this many dead entries are kept, however few live.
const TOLERATED: usize = 64;
const NONE: u32 = u32::MAX;

/// Names one arming of one timer, and never comes to name another.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) struct TimerKey {
    index: u32,
    generation: u32,
}

impl fmt::Debug for TimerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}v{}", self.index, self.generation)
    }
}

enum Slot<T> {
    /// Leads to `Free` by firing or disarming. Unless `at` is `Time::MAX`, one entry has this index and generation.
    Armed { at: Time, target: T, generation: u32 },
    /// Leads to `Armed` with this generation, which no key has had. `next` is the free slot to take after this one.
    Free { next: u32, generation: u32 },
    /// Has used every generation: the end.
    Retired,
}

impl<T> Slot<T> {
    fn is_armed_as(&self, key: TimerKey) -> bool {
        matches!(self, Slot::Armed { generation, .. } if *generation == key.generation)
    }
}

/// A timer's place in a bucket. It is dead when its slot is not armed with its key.
#[derive(Copy, Clone)]
struct Entry {
    at: Time,
    key: TimerKey,
}

/// Invariant: every living entry lies within `earliest..=latest`; one is at `earliest`, unless the bucket is unsure.
struct Bucket {
    earliest: Time,
    latest: Time,
    entries: Vec<Entry>,
}

const EMPTY: Bucket = Bucket { earliest: Time::MAX, latest: Time::from_nanos(0), entries: Vec::new() };

/// Every armed timer, in the total order (deadline, order of arming).
///
/// Invariant: no armed timer is before `last`.
/// Invariant: the entry of an armed timer is in bucket `place(at)`; at `Time::MAX` it has none, for it never fires.
/// Invariant: bit `b` of `occupied` is set where bucket `b` has entries. Those of `unsure` are among them.
/// Invariant: all buckets together have `dead` dead entries.
pub(crate) struct Timers<T> {
    last: Time,
    occupied: u64,
    unsure: u64,
    buckets: [Bucket; BUCKETS],
    slots: Vec<Slot<T>>,
    free: u32,
    live: usize,
    dead: usize,
}

impl<T> Default for Timers<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Timers<T> {
    pub(crate) fn new() -> Self {
        Timers {
            last: Time::from_nanos(0),
            occupied: 0,
            unsure: 0,
            buckets: [const { EMPTY }; BUCKETS],
            slots: Vec::new(),
            free: NONE,
            live: 0,
            dead: 0,
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.live
    }

    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Arms a timer for `at`, which is not before the time last fired. At `Time::MAX` it never fires (S4).
    pub(crate) fn arm(&mut self, at: Time, target: T) -> TimerKey {
        debug_assert!(at >= self.last, "a deadline before the time last fired");
        if self.free == NONE {
            self.free = u32::try_from(self.slots.len()).expect("more timers than an index can name");
            self.slots.push(Slot::Free { next: NONE, generation: 0 });
        }
        let index = self.free;
        let slot = &mut self.slots[index as usize];
        let Slot::Free { next, generation } = *slot else { unreachable!("`free` names a slot that is not free") };
        *slot = Slot::Armed { at, target, generation };
        self.free = next;
        let key = TimerKey { index, generation };
        self.live += 1;
        if at != Time::MAX {
            self.put(Entry { at, key });
        }
        key
    }

    /// Disarms the timer and gives its target back; does nothing if it has fired or was disarmed.
    pub(crate) fn disarm(&mut self, key: TimerKey) -> Option<T> {
        let (at, target) = self.release(key)?;
        if at != Time::MAX {
            let place = self.place(at);
            self.unsure |= u64::from(self.buckets[place].earliest == at) << place;
            if self.dead > self.live + TOLERATED {
                self.sweep();
            }
        }
        Some(target)
    }

    /// Gives an armed timer another target, and gives the former back; hands the new one back if it is not armed.
    pub(crate) fn retarget(&mut self, key: TimerKey, new: T) -> Result<T, T> {
        match self.slots.get_mut(key.index as usize) {
            Some(Slot::Armed { target, generation, .. }) if *generation == key.generation => {
                Ok(mem::replace(target, new))
            }
            _ => Err(new),
        }
    }

    /// Tells the earliest deadline, if any will ever fire. Earlier ones may still be armed.
    pub(crate) fn next(&mut self) -> Option<Time> {
        while self.occupied != 0 {
            let place = self.occupied.trailing_zeros() as usize;
            if self.unsure >> place & 1 == 0 {
                return Some(self.buckets[place].earliest);
            }
            self.search(place);
        }
        None
    }

    /// Removes every timer with a deadline up to and including `until`, and gives its target to `due`.
    ///
    /// Ordering: by deadline, then by order of arming (S2). If `due` panics, those it was not yet given stay armed.
    pub(crate) fn fire(&mut self, until: Time, mut due: impl FnMut(T)) {
        while let Some(at) = self.next()
            && at <= until
        {
            let mut place = self.occupied.trailing_zeros() as usize;
            if self.buckets[place].latest != at {
                self.deal(place, at);
                place = 0;
            }
            // Were `due` to panic, this bucket would be left with dead entries, perhaps with no others.
            self.unsure |= 1 << place;
            for nth in 0..self.buckets[place].entries.len() {
                let entry = self.buckets[place].entries[nth];
                if let Some((_, target)) = self.release(entry.key) {
                    debug_assert!(entry.at == at, "a bucket about to fire has one deadline");
                    due(target);
                }
            }
            self.last = at;
            self.vacate(place);
        }
    }

    /// Disarms every timer, and gives their targets back.
    pub(crate) fn clear(&mut self) -> Vec<T> {
        let mut targets = Vec::with_capacity(self.live);
        let mut index = 0;
        while let Some(slot) = self.slots.get(index as usize) {
            if let Slot::Armed { generation, .. } = *slot {
                targets.extend(self.release(TimerKey { index, generation }).map(|(_, target)| target));
            }
            index += 1;
        }
        self.sweep();
        targets
    }

    /// The bucket for `at`: one more than the highest bit in which it differs from `last`, or 0 where none does.
    /// The last bucket serves the two highest bits, so that 64 are enough; it may be dealt into itself, once.
    fn place(&self, at: Time) -> usize {
        let differing = at.as_nanos() ^ self.last.as_nanos();
        (u64::BITS - differing.leading_zeros()).min(63) as usize
    }

    fn put(&mut self, entry: Entry) {
        let place = self.place(entry.at);
        self.occupied |= 1 << place;
        let bucket = &mut self.buckets[place];
        bucket.earliest = bucket.earliest.min(entry.at);
        bucket.latest = bucket.latest.max(entry.at);
        bucket.entries.push(entry);
    }

    /// Deals the first bucket out around its earliest deadline, so that it comes to stand in bucket 0.
    fn deal(&mut self, place: usize, earliest: Time) {
        debug_assert!(place == self.occupied.trailing_zeros() as usize, "only the first bucket may be dealt");
        let mut entries = mem::take(&mut self.buckets[place].entries);
        self.vacate(place);
        self.last = earliest;
        for entry in entries.drain(..) {
            self.put(entry);
        }
        // To look each entry's slot up here would cost a cache miss for each; `search` looks at few.
        if self.dead > 0 {
            self.unsure |= self.occupied & (u64::MAX >> (63 - place));
        }
        if self.buckets[place].entries.is_empty() && entries.capacity() <= KEPT {
            self.buckets[place].entries = entries;
        }
    }

    /// Makes an unsure bucket sure, or empties it where none of its entries lives.
    fn search(&mut self, place: usize) {
        let mut earliest = Time::MAX;
        for entry in &self.buckets[place].entries {
            if entry.at < earliest && self.slots[entry.key.index as usize].is_armed_as(entry.key) {
                earliest = entry.at;
            }
        }
        if earliest == Time::MAX {
            self.vacate(place);
        } else {
            self.buckets[place].earliest = earliest;
            self.unsure &= !(1 << place);
        }
    }

    /// Empties a bucket where every entry is dead.
    fn vacate(&mut self, place: usize) {
        let bucket = &mut self.buckets[place];
        self.dead -= bucket.entries.len();
        if bucket.entries.capacity() > KEPT {
            bucket.entries = Vec::new();
        }
        bucket.entries.clear();
        bucket.earliest = Time::MAX;
        bucket.latest = Time::from_nanos(0);
        self.occupied &= !(1 << place);
        self.unsure &= !(1 << place);
    }

    /// Removes every dead entry.
    fn sweep(&mut self) {
        for place in 0..BUCKETS {
            let entries = &mut self.buckets[place].entries;
            let before = entries.len();
            entries.retain(|entry| self.slots[entry.key.index as usize].is_armed_as(entry.key));
            self.dead -= before - entries.len();
            entries.shrink_to(KEPT);
            if entries.is_empty() {
                self.vacate(place);
            }
        }
        debug_assert!(self.dead == 0, "each dead entry was in a bucket");
    }

    /// Frees the slot armed with `key`, if there is one; its entry is dead from now on.
    fn release(&mut self, key: TimerKey) -> Option<(Time, T)> {
        let slot = self.slots.get_mut(key.index as usize)?;
        if !slot.is_armed_as(key) {
            return None;
        }
        let after = match key.generation.checked_add(1) {
            Some(generation) => Slot::Free { next: mem::replace(&mut self.free, key.index), generation },
            None => Slot::Retired,
        };
        let Slot::Armed { at, target, .. } = mem::replace(slot, after) else {
            return None;
        };
        self.live -= 1;
        self.dead += usize::from(at != Time::MAX);
        Some((at, target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeMap, panic, rc::Rc};

    const fn ns(nanos: u64) -> Time {
        Time::from_nanos(nanos)
    }

    fn fired<T>(timers: &mut Timers<T>, until: Time) -> Vec<T> {
        let mut targets = Vec::new();
        timers.fire(until, |target| targets.push(target));
        targets
    }

    fn check<T>(timers: &Timers<T>) {
        let mut dead = 0;
        for (place, bucket) in timers.buckets.iter().enumerate() {
            assert_eq!(timers.occupied >> place & 1 == 1, !bucket.entries.is_empty());
            let mut earliest = Time::MAX;
            for entry in &bucket.entries {
                assert_eq!(timers.place(entry.at), place);
                if timers.slots[entry.key.index as usize].is_armed_as(entry.key) {
                    assert!(bucket.earliest <= entry.at && entry.at <= bucket.latest);
                    earliest = earliest.min(entry.at);
                } else {
                    dead += 1;
                }
            }
            assert!(timers.unsure >> place & 1 == 1 || bucket.earliest == earliest);
        }
        assert_eq!(timers.unsure & !timers.occupied, 0);
        assert_eq!(dead, timers.dead);
        assert!(dead <= timers.live + TOLERATED);
    }

    #[test]
    fn same_deadline_fires_in_the_order_armed() {
        let mut timers = Timers::new();
        for n in 0..1000 {
            timers.arm(ns(1_000_000 * (n % 3)), n);
            timers.next();
        }
        let order: Vec<_> = (0..3).flat_map(|r| (0..1000).filter(move |n| n % 3 == r)).collect();
        assert_eq!(fired(&mut timers, ns(2_000_000)), order);
    }

    #[test]
    fn after_next_an_earlier_deadline_may_be_armed() {
        let mut timers = Timers::new();
        timers.arm(ns(900), "late");
        assert_eq!(timers.next(), Some(ns(900)));
        timers.arm(ns(100), "early");
        assert_eq!(timers.next(), Some(ns(100)));
        assert_eq!(fired(&mut timers, ns(899)), ["early"]);
        timers.arm(ns(100), "at the time last fired");
        assert_eq!(fired(&mut timers, ns(900)), ["at the time last fired", "late"]);
    }

    #[test]
    fn a_disarmed_timer_gives_its_target_back_once_and_no_other_timer_suffers() {
        let mut timers = Timers::new();
        let key = timers.arm(ns(5), "first");
        timers.arm(ns(7), "second");
        assert_eq!((timers.next(), timers.disarm(key)), (Some(ns(5)), Some("first")));
        let reused = timers.arm(ns(6), "third");
        assert_eq!((key.index, format!("{reused:?}")), (reused.index, "0v1".to_string()));
        assert_eq!((timers.disarm(key), timers.next()), (None, Some(ns(6))));
        assert_eq!(fired(&mut timers, ns(9)), ["third", "second"]);
        assert_eq!((timers.disarm(reused), timers.is_empty()), (None, true));
    }

    #[test]
    fn s4_at_the_end_of_time_nothing_fires() {
        let mut timers = Timers::new();
        let never = timers.arm(Time::MAX, 1);
        timers.arm(ns(u64::MAX - 1), 2);
        timers.arm(ns(1 << 62), 3);
        assert_eq!(fired(&mut timers, Time::MAX), [3, 2]);
        assert_eq!((timers.next(), timers.len()), (None, 1));
        assert_eq!(timers.disarm(never), Some(1));
        check(&timers);
    }

    #[test]
    fn a_slot_that_has_used_every_generation_is_retired() {
        let mut timers = Timers::new();
        timers.slots.push(Slot::Free { next: NONE, generation: u32::MAX });
        timers.free = 0;
        let last = timers.arm(ns(1), 'a');
        assert_eq!((last.index, last.generation), (0, u32::MAX));
        assert_eq!(timers.disarm(last), Some('a'));
        assert_eq!((timers.arm(ns(1), 'b').index, timers.disarm(last)), (1, None));
        assert_eq!(fired(&mut timers, ns(1)), ['b']);
    }

    #[test]
    fn a_million_dropped_timeouts_keep_memory_bounded() {
        let mut timers = Timers::new();
        let room = |timers: &Timers<u64>| -> usize { timers.buckets.iter().map(|b| b.entries.capacity()).sum() };
        for n in 0..1_000_000 {
            let key = timers.arm(ns(1 << 40 | n), n);
            assert_eq!(timers.disarm(key), Some(n));
        }
        assert!(timers.slots.len() == 1 && room(&timers) <= 2 * KEPT);
        let keys: Vec<_> = (0..1_000_000).map(|n| timers.arm(ns(1 << 40 | n), n)).collect();
        for key in &keys[1..] {
            timers.disarm(*key);
        }
        assert!(timers.len() == 1 && room(&timers) <= 2 * KEPT);
        // Fired ones leave as little: half from a bucket that is dealt, half from one that need not be.
        for n in 0..1_000_000 {
            timers.arm(ns((1 << 50) + n % 1000 * (n & 1)), n);
        }
        assert_eq!(fired(&mut timers, Time::MAX).len(), 1_000_001);
        assert!(timers.is_empty() && timers.next().is_none() && room(&timers) <= BUCKETS * KEPT);
    }

    #[test]
    fn clear_drops_each_target_once_and_forgets_its_key() {
        let counter = Rc::new(());
        let mut timers = Timers::new();
        let keys: Vec<_> = (0..200).map(|n| timers.arm(ns(n), Rc::clone(&counter))).collect();
        timers.arm(Time::MAX, Rc::clone(&counter));
        timers.fire(ns(9), drop);
        assert_eq!(Rc::strong_count(&counter), 192);
        timers.clear();
        assert_eq!((Rc::strong_count(&counter), timers.len(), timers.next()), (1, 0, None));
        assert!(keys.into_iter().all(|key| timers.disarm(key).is_none()));
        check(&timers);
    }

    #[test]
    fn if_due_panics_the_timers_it_was_not_given_stay_armed() {
        for count in 1..4 {
            let mut timers = Timers::new();
            for n in 0..count {
                timers.arm(ns(8), n);
            }
            timers.arm(ns(9), 9);
            let fire = panic::AssertUnwindSafe(|| timers.fire(ns(9), |n| assert_ne!(n, count - 1)));
            assert!(panic::catch_unwind(fire).is_err());
            check(&timers);
            assert_eq!((timers.next(), fired(&mut timers, ns(9))), (Some(ns(9)), vec![9]));
        }
    }

    #[test]
    fn any_mix_of_calls_agrees_with_a_sorted_map() {
        for seed in 0..300 {
            let mut random = fastrand::Rng::with_seed(seed);
            let (mut timers, mut model) = (Timers::new(), BTreeMap::new());
            let (mut floor, mut keys) = (0_u64, Vec::new());
            let span = random.u32(0..64);
            for seq in 0..1000_u32 {
                let delay = random.u64(..) >> random.u32(span..64);
                let at = ns(if random.u8(..) == 0 { u64::MAX } else { floor.saturating_add(delay) });
                match random.u8(0..16) {
                    0..7 => {
                        keys.push((timers.arm(at, seq), (at, seq)));
                        model.insert((at, seq), seq);
                    }
                    7..12 if !keys.is_empty() => {
                        let (key, place) = keys[random.usize(..keys.len())];
                        assert_eq!(timers.disarm(key), model.remove(&place));
                    }
                    12 if random.u8(..) == 0 => {
                        timers.clear();
                        model.clear();
                    }
                    13 => {
                        // Everything up to somewhere, or else only what is next.
                        let until = if random.bool() { Some(at) } else { timers.next() };
                        let later = model.split_off(&(until.unwrap_or(at).min(ns(u64::MAX - 1)), u32::MAX));
                        if let Some(((last, _), _)) = model.last_key_value() {
                            floor = last.as_nanos();
                        }
                        let due: Vec<_> = mem::replace(&mut model, later).into_values().collect();
                        assert_eq!(fired(&mut timers, until.unwrap_or(at)), due);
                    }
                    _ => {
                        let next = model.keys().next().map(|&(at, _)| at).filter(|&at| at != Time::MAX);
                        assert_eq!(timers.next(), next);
                    }
                }
                assert_eq!(timers.len(), model.len());
                check(&timers);
            }
        }
    }
}
