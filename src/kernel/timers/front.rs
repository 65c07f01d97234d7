//! Deadlines in order: a sorted front, and behind it buckets that need no sorting because time only goes forward.
//!
//! When the front is empty, the first bucket becomes the front, if it is short or all its deadlines are equal; otherwise
//! it is dealt out into finer ones. While there are few entries, all of them stand in the front. Since equal deadlines stay
//! in the order of arming everywhere, the total order (deadline, order of arming) needs no sequence number.
//!
//! Whether an entry is still armed, its owner knows: a disarmed one stays, dead, until it is met, at the latest until the
//! dead outnumber the living. The one slow case: `next` has looked ahead, and then more than a few timers are armed for
//! earlier times, in no order. It takes back what was dealt out.

use std::cmp::Reverse;
use std::mem;

use crate::base::time::Time;
use crate::kernel::timers::TimerKey;
use crate::kernel::timers::buckets::{Buckets, Entry};

/// A bucket of up to this many entries is sorted, and an entry is inserted before up to this many others.
const SHORT: usize = 32;
/// The buffer of the front is kept if it is for up to this many entries.
const KEPT: usize = 1_024;
/// Up to this many dead entries are kept, however few live.
const TOLERATED: usize = 512;

/// Every armed timer, in the total order (deadline, order of arming).
///
/// Invariant: the front is sorted, and its last entry is the earliest.
/// Invariant: no entry in a bucket is before `through`, and none in the front after it; one at it was armed before those
/// in buckets.
/// Invariant: of all entries `live` are armed, and `dead` are not.
#[derive(Default)]
pub(crate) struct Deadlines {
    front: Vec<Entry>,
    through: u64,
    buckets: Buckets,
    live: usize,
    dead: usize,
}

impl Deadlines {
    /// Arms a timer for `at`, which is not before any deadline that was reached. At `Time::MAX` it is never due (S4).
    #[inline(always)]
    pub(crate) fn arm(&mut self, at: Time, key: TimerKey) {
        let entry = Entry { at: at.as_nanos(), key };
        if self.live + self.dead == 0 {
            self.through = u64::MAX;
        }
        self.live += 1;
        if entry.at < self.through {
            self.insert(entry);
        } else {
            self.buckets.put(entry);
        }
    }

    /// Notes that a timer was disarmed: its entry is dead from now on.
    pub(crate) fn disarmed(&mut self, is_armed: impl Fn(TimerKey) -> bool + Copy) {
        self.live -= 1;
        self.dead += 1;
        if self.dead > self.live + TOLERATED {
            self.sweep(is_armed);
        }
    }

    /// Tells the earliest deadline, if any will ever be reached.
    #[inline]
    pub(crate) fn next(&mut self, is_armed: impl Fn(TimerKey) -> bool + Copy) -> Option<Time> {
        self.first(u64::MAX, is_armed).map(|entry| Time::from_nanos(entry.at))
    }

    /// Takes out the earliest timer, if it is due before `end`, and tells when. By deadline, then by order of arming (S2).
    #[inline]
    pub(crate) fn pop(&mut self, end: Time, is_armed: impl Fn(TimerKey) -> bool + Copy) -> Option<(Time, TimerKey)> {
        let entry = self.first(end.as_nanos(), is_armed)?;
        self.front.pop();
        self.live -= 1;
        if self.front.capacity() > KEPT && self.front.capacity() > 4 * self.front.len() {
            self.front.shrink_to(KEPT.max(2 * self.front.len()));
        }
        Some((Time::from_nanos(entry.at), entry.key))
    }

    /// The earliest armed entry, if it is due before `end`: it is the last of the front then. At the end of time none is due.
    #[inline(always)]
    fn first(&mut self, end: u64, is_armed: impl Fn(TimerKey) -> bool + Copy) -> Option<Entry> {
        match self.front.last() {
            Some(&entry) if self.dead == 0 || is_armed(entry.key) => (entry.at < end).then_some(entry),
            None if end <= self.through => None,
            _ => self.find_first(end, is_armed),
        }
    }

    fn find_first(&mut self, end: u64, is_armed: impl Fn(TimerKey) -> bool + Copy) -> Option<Entry> {
        loop {
            while let Some(&entry) = self.front.last() {
                if self.dead == 0 || is_armed(entry.key) {
                    return (entry.at < end).then_some(entry);
                }
                self.front.pop();
                self.dead -= 1;
            }
            if end <= self.through || !self.promote(end, is_armed) {
                return None;
            }
        }
    }

    /// Makes the first bucket the front, if it is short enough, or else deals it out. Returns whether there is one that
    /// begins before `until`: when timers are due, others are left alone, since earlier ones may be armed next.
    fn promote(&mut self, until: u64, is_armed: impl Fn(TimerKey) -> bool + Copy) -> bool {
        let Some(place) = self.buckets.first() else { return false };
        let (begin, end) = self.buckets.span(place);
        if begin >= until {
            return false;
        }
        let mut entries = self.buckets.vacate(place);
        if self.dead > 0 {
            let all = entries.len();
            entries.retain(|entry| is_armed(entry.key));
            self.dead -= all - entries.len();
        }
        if let Some(earliest) = entries.iter().map(|entry| entry.at).min() {
            self.buckets.last = earliest;
            let is_short = entries.len() <= SHORT;
            self.through = if is_short { end.saturating_add(1) } else { earliest };
            if is_short || entries.iter().all(|entry| entry.at == earliest) {
                entries.reverse();
                entries.sort_by_key(|entry| Reverse(entry.at));
                mem::swap(&mut self.front, &mut entries);
            } else {
                entries.drain(..).for_each(|entry| self.buckets.put(entry));
            }
        }
        self.buckets.recycle(place, entries);
        true
    }

    /// Puts an entry into the front.
    #[inline]
    fn insert(&mut self, entry: Entry) {
        let later = self.front.partition_point(|other| other.at > entry.at);
        if self.front.len() - later <= SHORT {
            self.front.insert(later, entry);
        } else {
            self.spill();
            self.buckets.put(entry);
        }
    }

    /// Puts the whole front into buckets: it has grown too long to insert into.
    #[cold]
    fn spill(&mut self) {
        self.through = self.front.last().map_or(self.through, |entry| entry.at);
        let displaced = self.buckets.retreat(self.through);
        for entry in self.front.drain(..).rev().chain(displaced) {
            self.buckets.put(entry);
        }
    }

    /// Removes every dead entry.
    #[cold]
    fn sweep(&mut self, is_armed: impl Fn(TimerKey) -> bool + Copy) {
        self.front.retain(|entry| is_armed(entry.key));
        self.front.shrink_to(SHORT);
        for entry in self.buckets.drain(usize::MAX) {
            if is_armed(entry.key) {
                self.buckets.put(entry);
            }
        }
        self.dead = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::timers::Owners;
    use std::cell::Cell;
    use std::collections::BTreeMap;

    /// Whether each arming is armed, by its number; and how often that was asked.
    #[derive(Default)]
    struct Armed(Vec<bool>, Cell<usize>);

    impl Owners for Armed {
        fn is_armed(&self, key: TimerKey) -> bool {
            self.1.set(self.1.get() + 1);
            key.arming() == 7 && self.0[key.owner() as usize]
        }
    }

    #[derive(Default)]
    struct Timers {
        deadlines: Deadlines,
        armed: Armed,
    }

    fn key(owner: u32) -> TimerKey {
        TimerKey::own(owner, 7)
    }

    impl Timers {
        fn arm(&mut self, at: u64) -> u32 {
            let owner = u32::try_from(self.armed.0.len()).unwrap();
            self.armed.0.push(true);
            self.deadlines.arm(Time::from_nanos(at), key(owner));
            owner
        }

        fn disarm(&mut self, owner: u32) -> bool {
            let armed = mem::take(&mut self.armed.0[owner as usize]);
            if armed {
                self.deadlines.disarmed(|key| self.armed.is_armed(key));
            }
            armed
        }

        fn next(&mut self) -> Option<u64> {
            self.deadlines.next(|key| self.armed.is_armed(key)).map(Time::as_nanos)
        }

        fn due(&mut self, until: u64) -> Vec<u32> {
            let mut due = vec![];
            while let Some((_, key)) =
                self.deadlines.pop(Time::from_nanos(until.saturating_add(1)), |key| self.armed.is_armed(key))
            {
                self.armed.0[key.owner() as usize] = false;
                due.push(key.owner());
            }
            due
        }

        fn buffers(&self) -> usize {
            self.deadlines.front.capacity() + self.deadlines.buckets.capacity()
        }

        /// Asserts the invariants.
        fn check(&self) {
            let deadlines = &self.deadlines;
            let buckets = deadlines.buckets.check();
            assert!(deadlines.front.is_sorted_by_key(|entry| Reverse(entry.at)));
            assert!(deadlines.front.iter().all(|entry| entry.at <= deadlines.through));
            assert!(buckets.iter().all(|entry| entry.at >= deadlines.through));
            let entries = deadlines.front.len() + buckets.len();
            let living = deadlines.front.iter().chain(&buckets).filter(|entry| self.armed.is_armed(entry.key)).count();
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

    /// A ticker sleeps from instant to instant, and each time a sleeper is cancelled; or the clock does not go on at all.
    #[test]
    fn cancelling_one_sleeper_an_instant_looks_at_each_a_few_times() {
        const SLEEPERS: u64 = 10_000;
        for spread in [0, 1, 1 << 30] {
            for is_backwards in [false, true] {
                for ticks in [true, false] {
                    let mut timers = Timers::default();
                    let mut sleepers: Vec<u32> = (0..SLEEPERS).map(|n| timers.arm((1 << 40) + n * spread)).collect();
                    if is_backwards {
                        sleepers.reverse();
                    }
                    for (now, sleeper) in (0..).zip(sleepers) {
                        assert!(timers.disarm(sleeper));
                        if ticks {
                            let ticker = timers.arm(now + 1);
                            assert_eq!((timers.next(), timers.due(now + 1)), (Some(now + 1), vec![ticker]));
                        } else {
                            timers.next();
                        }
                    }
                    let looked = timers.armed.1.get() as u64;
                    assert!(looked <= 6 * SLEEPERS, "{looked} {spread} {is_backwards} {ticks}");
                }
            }
        }
    }

    /// `next` looks ahead, and finds one of many far timers; then more are armed for earlier times than fit the front. The last
    /// digit alone tells these from the others, or higher ones do, too.
    #[test]
    fn what_was_dealt_out_is_taken_back_in_order() {
        let far = 1 << 40;
        for (far, spread, near) in [
            (far, 0, 1),
            (far + 255, 0, 1),
            (far, 1, 1),
            (far + 255, 1, 1),
            (far, 1 << 20, 1),
            (far, 1, 0),
            (far, 0, 0),
        ] {
            let mut timers = Timers::default();
            let mut expected: Vec<(u64, u32)> =
                (0..200).map(|n| (far + n * spread, timers.arm(far + n * spread))).collect();
            for round in 0..3 {
                assert_eq!(timers.next(), expected.iter().map(|&(at, _)| at).min());
                let early = if near == 1 { far - 100 } else { 1000 };
                for n in 0..40 {
                    for at in [early - round * 10 + n * 7 % 10, far] {
                        expected.push((at, timers.arm(at)));
                    }
                }
                timers.check();
            }
            expected.sort_unstable();
            assert_eq!(timers.due(u64::MAX), expected.into_iter().map(|(_, owner)| owner).collect::<Vec<_>>());
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
                    12 if random.u8(..) == 0 => {
                        timers.deadlines = Deadlines::default();
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
