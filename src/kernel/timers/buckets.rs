//! Buckets of deadlines: which of them holds a deadline is read off its digits, so that nothing is compared.
//!
//! A deadline is read as digits of eight bits. An entry waits in the bucket named by the highest digit in which its
//! deadline differs from `last`, which no entry is before:
//!
//! ```text
//!     last  =  2 . 17 . 40
//!     level 0: bucket 41  2.17.41     level 1: bucket 18  2.18.*     level 2: bucket 3  3.*.*
//!              bucket 50  2.17.50              bucket 33  2.33.*              bucket 9  9.*.*
//! ```
//!
//! The first bucket of the lowest level that has one holds the earliest deadlines. It can be dealt out, front to back,
//! around its earliest deadline as the new `last`: into lower levels, all of which are empty; the buckets of higher levels
//! stay right. Equal deadlines always share a bucket, and stay there in the order of arming. An entry is dealt at most
//! once a level, mostly once or twice, and memory is read in sequence.

use std::mem;

use crate::kernel::timers::TimerKey;

/// Bits in a digit. Six cost a sleep among a hundred thousand one percent.
const DIGIT: u32 = 8;
/// Words with a bit for each bucket of each level.
const WORDS: usize = ((u64::BITS / DIGIT) << DIGIT) as usize / 64;
/// An empty bucket keeps its buffer only if that is for up to this many entries.
const KEPT: usize = 32;

#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) at: u64,
    pub(super) key: TimerKey,
}

/// Where an entry waits: which bucket of which level, as the number `level << DIGIT | digit`.
type Place = usize;

/// Entries in buckets.
///
/// Invariant: an entry is in the bucket `place(at)`, and not before `last`.
/// Invariant: a bit of `occupied` is set where the bucket of that number has entries.
#[derive(Default)]
pub(super) struct Buckets {
    /// Goes on to the earliest of the first bucket when that is vacated.
    pub(super) last: u64,
    occupied: [u64; WORDS],
    /// Of each bucket, up to the highest that has had some.
    entries: Vec<Vec<Entry>>,
}

impl Buckets {
    /// The bucket for `at`: the highest digit in which it differs from `last`, and what it is there.
    #[inline]
    fn place(&self, at: u64) -> Place {
        let level = ((at ^ self.last) | 1).ilog2() / DIGIT;
        #[allow(clippy::cast_possible_truncation)] // a digit is what is meant
        let digit = (at >> (level * DIGIT)) as usize % (1 << DIGIT);
        (level as usize) << DIGIT | digit
    }

    /// The first bucket that has entries.
    pub(super) fn first(&self) -> Option<Place> {
        let word = self.occupied.iter().position(|&buckets| buckets != 0)?;
        Some(word * 64 + self.occupied[word].trailing_zeros() as usize)
    }

    /// The first and the last deadline that belong into a bucket.
    pub(super) fn span(&self, place: Place) -> (u64, u64) {
        let (level, digit) = (place >> DIGIT, place as u64 % (1 << DIGIT));
        let shift = level * DIGIT as usize;
        let begin = (self.last >> shift >> DIGIT << DIGIT | digit) << shift;
        (begin, begin | ((1 << shift) - 1))
    }

    #[inline]
    pub(super) fn put(&mut self, entry: Entry) {
        debug_assert!(entry.at >= self.last, "a deadline before one that was reached");
        let place = self.place(entry.at);
        if place >= self.entries.len() {
            self.entries.resize_with(place + 1, Vec::new);
        }
        self.occupied[place / 64] |= 1 << (place % 64);
        self.entries[place].push(entry);
    }

    /// Takes the entries out of a bucket that has some.
    pub(super) fn vacate(&mut self, place: Place) -> Vec<Entry> {
        self.occupied[place / 64] &= !(1 << (place % 64));
        mem::take(&mut self.entries[place])
    }

    /// Gives a vacant bucket this buffer, which is empty, if it is not large.
    pub(super) fn recycle(&mut self, place: Place, buffer: Vec<Entry>) {
        if buffer.capacity() <= KEPT {
            self.entries[place] = buffer;
        }
    }

    /// Takes out the entries of all levels below this one.
    pub(super) fn drain(&mut self, level: usize) -> Vec<Entry> {
        let mut all = vec![];
        while let Some(place) = self.first().filter(|place| place >> DIGIT < level) {
            let mut entries = self.vacate(place);
            all.append(&mut entries);
            self.recycle(place, entries);
        }
        all
    }

    /// Makes `last` earlier, if it is not before `to`, and takes out the entries that have another bucket then. Those at
    /// the former `last` are among them.
    pub(super) fn retreat(&mut self, to: u64) -> Vec<Entry> {
        let former = self.last;
        self.last = former.min(to);
        self.drain((self.place(former) >> DIGIT).max(usize::from(to < former)))
    }
}

#[cfg(test)]
impl Buckets {
    /// Asserts the invariants, and gives all entries.
    pub(super) fn check(&self) -> Vec<Entry> {
        let (mut occupied, mut all) = ([0; WORDS], vec![]);
        for (place, entries) in self.entries.iter().enumerate().filter(|(_, entries)| !entries.is_empty()) {
            let (begin, end) = self.span(place);
            for entry in entries {
                assert!(self.place(entry.at) == place && entry.at >= self.last);
                assert!((begin..=end).contains(&entry.at));
            }
            occupied[place / 64] |= 1 << (place % 64);
            all.extend(entries);
        }
        assert_eq!(occupied, self.occupied);
        all
    }

    /// For how many entries there are buffers.
    pub(super) fn capacity(&self) -> usize {
        self.entries.iter().map(Vec::capacity).sum()
    }
}
