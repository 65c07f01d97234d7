//! Deadlines in order: a sorted front, and behind it buckets that need no sorting because time only goes forward.
//!
//! When the first bucket is due it becomes the front, if it is short or all its deadlines are equal; otherwise it is dealt
//! out into finer ones. While there are few entries, all of them stand in the front. Since equal deadlines stay in the order
//! of arming everywhere, the total order (deadline, order of arming) needs no sequence number.
//!
//! Whether an entry is still armed, its owner knows: a disarmed one stays, dead, until it is met, at the latest until the
//! dead outnumber the living. The one slow case: `next`, after the earliest timer was disarmed, searches the first bucket.

use std::mem;

use crate::base::time::Time;
use crate::kernel::store::timers::buckets::{Buckets, Entry, Place};
pub(crate) use crate::kernel::store::timers::buckets::{Owners, Stamp};

/// A bucket of up to this many entries is sorted, and a front of up to this many is inserted into.
const SHORT: usize = 32;
/// The buffer of an empty front is kept only if it is for up to this many entries.
const KEPT: usize = 1_024;
/// Up to this many dead entries are kept, however few live.
const TOLERATED: usize = 512;

/// Every armed timer, in the total order (deadline, order of arming).
///
/// Invariant: the front is sorted from `head` on, and while it has entries, it has all of those up to `through`.
/// Invariant: all other entries are in buckets, and no armed timer is before the last deadline that was reached.
/// Invariant: `first`, where it is known, is the earliest deadline of an armed timer in a bucket.
/// Invariant: of all entries `live` are armed, and `dead` are not.
pub(crate) struct Deadlines {
    front: Vec<Entry>,
    head: usize,
    through: u64,
    buckets: Buckets,
    first: Option<u64>,
    live: usize,
    dead: usize,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self::after(0)
    }
}

impl Deadlines {
    /// Without timers; none will be armed for a time before `last`.
    fn after(last: u64) -> Self {
        Deadlines { front: vec![], head: 0, through: 0, buckets: Buckets::new(last), first: None, live: 0, dead: 0 }
    }

    /// Arms a timer for `at`, which is not before any deadline that was reached. At `Time::MAX` it is never due (S4).
    #[inline]
    pub(crate) fn arm(&mut self, at: Time, stamp: Stamp) {
        let at = at.as_nanos();
        debug_assert!(at >= self.buckets.last(), "a deadline before one that was reached");
        self.live += 1;
        let entry = Entry { at, stamp };
        if self.front.is_empty() && self.buckets.is_empty() {
            self.through = u64::MAX;
            self.front.push(entry);
        } else if !self.front.is_empty() && at <= self.through {
            self.insert(entry);
        } else {
            if self.first.is_some_and(|first| at < first) {
                self.first = Some(at);
            }
            self.buckets.put(entry);
        }
    }

    /// Notes that a timer was disarmed, which was armed for `at` if that is known: its entry is dead from now on.
    pub(crate) fn disarmed(&mut self, at: Option<Time>, owners: &impl Owners) {
        self.live -= 1;
        self.dead += 1;
        if at.is_none_or(|at| self.first == Some(at.as_nanos())) {
            self.first = None;
        }
        if self.dead > self.live + TOLERATED {
            self.sweep(owners);
        }
    }

    /// Makes an armed timer somebody else's, in its old place. This searches its bucket, or the front.
    pub(crate) fn reassign(&mut self, at: Time, from: Stamp, to: Stamp) {
        let at = at.as_nanos();
        let in_front = !self.front.is_empty() && at <= self.through;
        let place = self.buckets.place(at);
        let entries = if in_front { &mut self.front[self.head..] } else { &mut self.buckets.entries(place)[..] };
        let entry = entries.iter_mut().find(|entry| entry.stamp == from).expect("an armed timer has an entry");
        entry.stamp = to;
    }

    /// Tells the earliest deadline, if any will ever be reached.
    #[inline]
    pub(crate) fn next(&mut self, owners: &impl Owners) -> Option<Time> {
        while let Some(entry) = self.front.get(self.head) {
            if self.dead == 0 || owners.is_armed(entry.stamp) {
                return Self::unless_never(entry.at);
            }
            self.dead -= 1;
            self.advance();
        }
        self.next_in_buckets(owners)
    }

    fn next_in_buckets(&mut self, owners: &impl Owners) -> Option<Time> {
        while self.first.is_none() && !self.buckets.is_empty() {
            let place = self.buckets.first_place();
            self.first = self.earliest(place, owners);
            if self.first.is_none() {
                let entries = self.buckets.vacate(place);
                self.dead -= entries.len();
                self.buckets.recycle(entries);
            }
        }
        self.first.and_then(Self::unless_never)
    }

    fn unless_never(at: u64) -> Option<Time> {
        (at != u64::MAX).then(|| Time::from_nanos(at))
    }

    /// Takes out the earliest timer, if it is due at `until` or before. By deadline, then by order of arming (S2).
    #[inline]
    pub(crate) fn pop(&mut self, until: Time, owners: &impl Owners) -> Option<Stamp> {
        loop {
            while let Some(&Entry { at, stamp }) = self.front.get(self.head) {
                if at > until.as_nanos() || at == u64::MAX {
                    return None;
                }
                self.advance();
                if owners.is_armed(stamp) {
                    self.live -= 1;
                    return Some(stamp);
                }
                self.dead -= 1;
            }
            let earliest = self.next_in_buckets(owners).filter(|&at| at <= until)?;
            self.promote(earliest.as_nanos());
        }
    }

    /// Forgets every timer.
    pub(crate) fn clear(&mut self) {
        *self = Self::after(self.buckets.last());
    }

    /// Removes every dead entry.
    fn sweep(&mut self, owners: &impl Owners) {
        self.front.drain(..self.head);
        self.head = 0;
        self.front.retain(|entry| owners.is_armed(entry.stamp));
        self.front.shrink_to(SHORT);
        for place in self.buckets.places() {
            self.buckets.retain(place, |entry| owners.is_armed(entry.stamp));
        }
        self.first = None;
        self.dead = 0;
    }

    /// Steps over the head of the front.
    #[inline]
    fn advance(&mut self) {
        self.head += 1;
        if self.head == self.front.len() {
            self.head = 0;
            self.front.clear();
            if self.front.capacity() > KEPT {
                self.front = vec![];
            }
        } else if self.head > KEPT && self.head > self.front.len() / 2 {
            self.front.drain(..mem::take(&mut self.head));
            self.front.shrink_to(KEPT);
        }
    }

    /// Puts an entry into the front, which has some.
    #[inline]
    fn insert(&mut self, entry: Entry) {
        let waiting = &self.front[self.head..];
        let earlier = if waiting.last().is_some_and(|last| last.at <= entry.at) {
            waiting.len()
        } else if waiting.len() <= SHORT {
            waiting.partition_point(|other| other.at <= entry.at)
        } else {
            return self.clear_front_for(entry);
        };
        if earlier <= SHORT && self.head > 0 {
            // The earlier ones move up, into the room that those have left which are gone.
            self.front.copy_within(self.head..self.head + earlier, self.head - 1);
            self.head -= 1;
            self.front[self.head + earlier] = entry;
        } else if earlier < waiting.len() {
            self.front.insert(self.head + earlier, entry);
        } else {
            if self.head > self.front.len() / 2 {
                self.front.drain(..mem::take(&mut self.head));
            }
            self.front.push(entry);
        }
    }

    /// Puts the whole front, and this entry, into buckets: it has grown too long to insert into.
    #[cold]
    fn clear_front_for(&mut self, entry: Entry) {
        let mut entries = mem::take(&mut self.front);
        entries.drain(..mem::take(&mut self.head));
        self.deal(entries);
        self.buckets.put(entry);
    }

    /// Makes the first bucket the front, if it is short enough, or else deals it out.
    fn promote(&mut self, earliest: u64) {
        let place = self.buckets.first_place();
        let mut entries = self.buckets.vacate(place);
        self.buckets.reach(earliest);
        self.first = None;
        if entries.len() > SHORT && entries.iter().any(|entry| entry.at != earliest) {
            return self.deal(entries);
        }
        if entries.len() > 1 {
            entries.sort_by_key(|entry| entry.at);
        }
        self.through = Buckets::end(place, earliest);
        let empty = mem::replace(&mut self.front, entries);
        self.buckets.recycle(empty);
    }

    /// Puts entries into their buckets. Those before the last deadline that was reached are dead.
    fn deal(&mut self, mut entries: Vec<Entry>) {
        self.first = None;
        for entry in entries.drain(..) {
            if entry.at < self.buckets.last() {
                self.dead -= 1;
            } else {
                self.buckets.put(entry);
            }
        }
        self.buckets.recycle(entries);
    }

    /// The earliest deadline of an armed timer in a bucket; as a rule it looks few of the owners up.
    fn earliest(&mut self, place: Place, owners: &impl Owners) -> Option<u64> {
        let all_live = self.dead == 0;
        let entries = self.buckets.entries(place);
        if all_live {
            return entries.iter().map(|entry| entry.at).min();
        }
        let mut earliest = None;
        for entry in entries {
            if earliest.is_none_or(|earliest| entry.at < earliest) && owners.is_armed(entry.stamp) {
                earliest = Some(entry.at);
            }
        }
        earliest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Whether each arming is armed, by its number.
    #[derive(Default)]
    struct Armed(Vec<bool>);

    impl Owners for Armed {
        fn is_armed(&self, stamp: Stamp) -> bool {
            stamp.arming == 7 && self.0[stamp.owner as usize]
        }
    }

    #[derive(Default)]
    struct Timers {
        deadlines: Deadlines,
        armed: Armed,
        /// When each is due, if whoever disarms it knows that: of every other one.
        at: Vec<Option<Time>>,
    }

    fn stamp(owner: u32) -> Stamp {
        Stamp { owner, arming: 7 }
    }

    impl Timers {
        fn arm(&mut self, at: u64) -> u32 {
            let owner = u32::try_from(self.armed.0.len()).unwrap();
            self.armed.0.push(true);
            self.at.push((owner % 2 == 0).then_some(Time::from_nanos(at)));
            self.deadlines.arm(Time::from_nanos(at), stamp(owner));
            owner
        }

        fn disarm(&mut self, owner: u32) -> bool {
            let armed = mem::take(&mut self.armed.0[owner as usize]);
            if armed {
                self.deadlines.disarmed(self.at[owner as usize], &self.armed);
            }
            armed
        }

        fn next(&mut self) -> Option<u64> {
            self.deadlines.next(&self.armed).map(Time::as_nanos)
        }

        fn due(&mut self, until: u64) -> Vec<u32> {
            let mut due = vec![];
            while let Some(stamp) = self.deadlines.pop(Time::from_nanos(until), &self.armed) {
                self.armed.0[stamp.owner as usize] = false;
                due.push(stamp.owner);
            }
            due
        }

        fn buffers(&self) -> usize {
            self.deadlines.front.capacity() + self.deadlines.buckets.capacity()
        }

        /// Asserts the invariants.
        fn check(&self) {
            let deadlines = &self.deadlines;
            let front = &deadlines.front[deadlines.head..];
            assert!(front.is_sorted_by_key(|entry| entry.at));
            let (mut first, mut living, mut entries) = (None, 0, front.len());
            living += front.iter().filter(|entry| self.armed.is_armed(entry.stamp)).count();
            for entry in deadlines.buckets.check() {
                entries += 1;
                assert!(front.is_empty() || entry.at > deadlines.through);
                if self.armed.is_armed(entry.stamp) {
                    assert!(entry.at >= deadlines.buckets.last());
                    living += 1;
                    first = Some(first.map_or(entry.at, |first: u64| first.min(entry.at)));
                }
            }
            assert!(deadlines.first.is_none() || deadlines.first == first);
            assert_eq!((deadlines.live, deadlines.dead), (living, entries - living));
            assert!(deadlines.dead <= deadlines.live + TOLERATED);
        }
    }

    #[test]
    fn same_deadline_is_due_in_the_order_armed() {
        let mut timers = Timers::default();
        for n in 0..1000 {
            timers.arm(1_000_000 * (n % 3));
            timers.next();
        }
        let order: Vec<u32> = (0..3).flat_map(|r| (0..1000).filter(move |n| n % 3 == r)).collect();
        assert_eq!(timers.due(2_000_000), order);
    }

    #[test]
    fn after_next_an_earlier_deadline_may_be_armed() {
        for late in [1, 100] {
            let mut timers = Timers::default();
            (0..late).for_each(|n| _ = timers.arm(900 + n % 2));
            assert_eq!(timers.next(), Some(900));
            let early = timers.arm(100);
            assert_eq!(timers.next(), Some(100));
            assert_eq!(timers.due(899), [early]);
            let again = timers.arm(100);
            assert_eq!(timers.due(899), [again]);
            assert_eq!(timers.due(901).len(), usize::try_from(late).unwrap());
        }
    }

    #[test]
    fn s4_at_the_end_of_time_nothing_is_due() {
        for others in [0, 200] {
            let mut timers = Timers::default();
            let never = timers.arm(u64::MAX);
            let last = timers.arm(u64::MAX - 1);
            let far = timers.arm(1 << 62);
            (0..others).for_each(|n| _ = timers.arm(n));
            let due = timers.due(u64::MAX);
            assert_eq!((due.len() as u64, &due[due.len() - 2..]), (others + 2, &[far, last][..]));
            assert_eq!(timers.next(), None);
            assert!(timers.disarm(never));
            timers.check();
        }
    }

    #[test]
    fn a_million_dropped_timeouts_keep_memory_bounded() {
        let mut timers = Timers::default();
        for n in 0..1_000_000 {
            let owner = timers.arm(1 << 40 | n);
            assert!(timers.disarm(owner));
        }
        assert!(timers.buffers() <= 4_096);
        let owners: Vec<u32> = (0..1_000_000).map(|n| timers.arm(1 << 40 | (999_999 - n))).collect();
        for owner in &owners[1..] {
            timers.disarm(*owner);
        }
        assert!(timers.deadlines.live == 1 && timers.buffers() <= 4_096);
        // Those that were due leave as little: half from buckets that are dealt, half from one that need not be.
        for n in 0..1_000_000 {
            timers.arm((1 << 50) + n % 1000 * (n & 1));
        }
        assert_eq!(timers.due(u64::MAX).len(), 1_000_001);
        timers.arm(1 << 51);
        timers.due(u64::MAX);
        assert!(timers.deadlines.live == 0 && timers.next().is_none() && timers.buffers() <= 65 * 256 + KEPT);
    }

    #[test]
    fn a_front_that_never_empties_does_not_grow() {
        for step in [1, 5, 100] {
            let mut timers = Timers::default();
            timers.arm(1 << 50);
            (0..5).for_each(|n| _ = timers.arm(n));
            for now in 0..10_000 {
                for _ in timers.due(now) {
                    timers.arm(now + step);
                }
                timers.check();
            }
            assert!(timers.buffers() <= 4_096);
        }
    }

    #[test]
    fn a_timer_that_is_reassigned_keeps_its_place() {
        for others in [0, 200] {
            let mut timers = Timers::default();
            (0..others).for_each(|n| _ = timers.arm(1000 + n));
            let (first, second, third) = (timers.arm(900), timers.arm(900), timers.arm(5000));
            let new = u32::try_from(timers.armed.0.len()).unwrap();
            timers.armed.0.extend([true, true]);
            timers.at.extend([None, None]);
            for (at, from, to) in [(900, first, new), (5000, third, new + 1)] {
                timers.deadlines.reassign(Time::from_nanos(at), stamp(from), stamp(to));
                timers.armed.0[from as usize] = false;
            }
            timers.check();
            assert_eq!(timers.due(900), [new, second]);
            assert_eq!(timers.due(5000).last(), Some(&(new + 1)));
        }
    }

    #[test]
    fn any_mix_of_calls_agrees_with_a_sorted_map() {
        for seed in 0..100 {
            let mut random = fastrand::Rng::with_seed(seed);
            let (mut timers, mut model) = (Timers::default(), BTreeMap::new());
            let (mut floor, mut all) = (0_u64, vec![]);
            let span = random.u32(0..64);
            for _ in 0..1000 {
                let delay = random.u64(..) >> random.u32(span..64);
                let at = if random.u8(..) == 0 { u64::MAX } else { floor.saturating_add(delay) };
                match random.u8(0..16) {
                    0..7 => {
                        let owner = timers.arm(at);
                        all.push((at, owner));
                        model.insert((at, owner), owner);
                    }
                    7..12 if !all.is_empty() => {
                        let place = all[random.usize(..all.len())];
                        let owner = model.remove(&place);
                        assert_eq!(timers.disarm(owner.unwrap_or(place.1)), owner.is_some());
                    }
                    14 => {
                        // To another owner, in its old place.
                        let living: Vec<_> = model.keys().copied().collect();
                        if let Some(&(at, owner)) = living.get(random.usize(..living.len().max(1))) {
                            let old = model[&(at, owner)];
                            let new = u32::try_from(timers.armed.0.len()).unwrap();
                            timers.armed.0.push(true);
                            timers.at.push(None);
                            timers.deadlines.reassign(Time::from_nanos(at), stamp(old), stamp(new));
                            timers.armed.0[old as usize] = false;
                            model.insert((at, owner), new);
                        }
                    }
                    12 if random.u8(..) == 0 => {
                        timers.deadlines.clear();
                        timers.armed.0.fill(false);
                        model.clear();
                    }
                    13 => {
                        // Everything up to somewhere, or else only what is next.
                        let until = if random.bool() { Some(at) } else { timers.next() }.unwrap_or(at);
                        let later = model.split_off(&(until.min(u64::MAX - 1), u32::MAX));
                        if let Some(((last, _), _)) = model.last_key_value() {
                            floor = *last;
                        }
                        let due: Vec<_> = mem::replace(&mut model, later).into_values().collect();
                        assert_eq!(timers.due(until), due);
                    }
                    _ => {
                        let next = model.keys().next().map(|&(at, _)| at).filter(|&at| at != u64::MAX);
                        assert_eq!(timers.next(), next);
                    }
                }
                timers.check();
            }
        }
    }
}
