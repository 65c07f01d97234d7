//! Buckets of deadlines: which of them holds a deadline is read off its digits, so that nothing is compared.
//!
//! A deadline is read as digits of eight bits. An entry waits in the bucket named by the highest digit in which its
//! deadline differs from `last`, a deadline that has been reached:
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

/// Bits in a digit.
const DIGIT: u32 = 8;
/// Digits in a time.
const LEVELS: usize = 8;
/// An empty buffer is kept for later only if it is for up to this many entries,
const KEPT: usize = 256;
/// and not beside more than this many others.
const SPARES: usize = 64;

/// Names one arming of one timer: whose it is, and which of the owner's armings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stamp {
    pub(crate) owner: u32,
    pub(crate) arming: u32,
}

/// Who knows which timers are armed.
pub(crate) trait Owners {
    fn is_armed(&self, stamp: Stamp) -> bool;
}

#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) at: u64,
    pub(crate) stamp: Stamp,
}

const WORDS: usize = (1 << DIGIT) / u64::BITS as usize;

struct Level {
    /// A bit for each bucket, set where it has entries.
    occupied: [u64; WORDS],
    buckets: [Vec<Entry>; 1 << DIGIT],
}

impl Level {
    const EMPTY: Level = Level { occupied: [0; WORDS], buckets: [const { Vec::new() }; 1 << DIGIT] };

    /// Marks a bucket as occupied or not. Returns whether it was.
    #[inline]
    fn mark(&mut self, digit: u8, occupied: bool) -> bool {
        let (word, bit) = (&mut self.occupied[usize::from(digit / 64)], 1 << (digit % 64));
        let was = *word & bit != 0;
        *word = if occupied { *word | bit } else { *word & !bit };
        was
    }

    /// The first bucket that has entries.
    fn first(&self) -> Option<u8> {
        let word = self.occupied.iter().position(|&word| word != 0)?;
        u8::try_from(word * 64 + self.occupied[word].trailing_zeros() as usize).ok()
    }

    /// All buckets that have entries.
    fn all(&self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(|digit| self.occupied[usize::from(digit / 64)] >> (digit % 64) & 1 == 1)
    }
}

/// Where an entry waits: the level, and the bucket in it.
pub(crate) type Place = (usize, u8);

/// Entries in buckets.
///
/// Invariant: an entry is in the bucket `place(at)`, and not before `last`, unless it is dead.
/// Invariant: bit `l` of `occupied` is set where level `l` has entries.
pub(crate) struct Buckets {
    last: u64,
    occupied: u32,
    levels: [Option<Box<Level>>; LEVELS],
    /// Empty buffers.
    spares: Vec<Vec<Entry>>,
}

impl Buckets {
    /// Without entries, for deadlines that are not before `last`.
    pub(crate) fn new(last: u64) -> Self {
        Buckets { last, occupied: 0, levels: [const { None }; LEVELS], spares: vec![] }
    }

    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.occupied == 0
    }

    /// Notes that a deadline in the first bucket, which is vacant, was reached. There is none before it.
    pub(crate) fn reach(&mut self, at: u64) {
        self.last = at;
    }

    /// The bucket for `at`: the highest digit in which it differs from `last`, and what it is there.
    #[inline]
    pub(crate) fn place(&self, at: u64) -> Place {
        let level = (u64::BITS - 1 - ((at ^ self.last) | 1).leading_zeros()) / DIGIT;
        #[allow(clippy::cast_possible_truncation)] // a digit is what is meant
        (level as usize, (at >> (level * DIGIT)) as u8)
    }

    /// The first bucket that has entries.
    pub(crate) fn first_place(&self) -> Place {
        let nth = self.occupied.trailing_zeros() as usize;
        let first = self.levels[nth].as_ref().and_then(|level| level.first());
        (nth, first.expect("an occupied level has an occupied bucket"))
    }

    /// Returns all buckets that have entries.
    pub(crate) fn places(&self) -> Vec<Place> {
        let levels = self.levels.iter().enumerate().filter_map(|(nth, level)| Some((nth, level.as_ref()?)));
        levels.flat_map(|(nth, level)| level.all().map(move |digit| (nth, digit))).collect()
    }

    /// The last deadline that belongs into a bucket which holds `at`.
    pub(crate) fn end((nth, _): Place, at: u64) -> u64 {
        at | ((1 << (DIGIT as usize * nth)) - 1)
    }

    #[inline]
    pub(crate) fn put(&mut self, entry: Entry) {
        let (nth, digit) = self.place(entry.at);
        self.occupied |= 1 << nth;
        let level = self.levels[nth].get_or_insert_with(|| Box::new(Level::EMPTY));
        let was_occupied = level.mark(digit, true);
        let bucket = &mut level.buckets[usize::from(digit)];
        if !was_occupied && let Some(spare) = self.spares.pop() {
            *bucket = spare;
        }
        bucket.push(entry);
    }

    /// The entries of a bucket that has some.
    pub(crate) fn entries(&mut self, (nth, digit): Place) -> &mut Vec<Entry> {
        &mut self.levels[nth].as_mut().expect("it has entries").buckets[usize::from(digit)]
    }

    /// Takes the entries out of a bucket that has some.
    pub(crate) fn vacate(&mut self, (nth, digit): Place) -> Vec<Entry> {
        let level = self.levels[nth].as_mut().expect("it has entries");
        level.mark(digit, false);
        if level.first().is_none() {
            self.occupied &= !(1 << nth);
        }
        mem::take(&mut level.buckets[usize::from(digit)])
    }

    /// Keeps only these entries of a bucket that has some, and gives back the memory of the others.
    pub(crate) fn retain(&mut self, place: Place, keep: impl Fn(&Entry) -> bool) {
        let entries = self.entries(place);
        entries.retain(keep);
        entries.shrink_to(KEPT);
        if entries.is_empty() {
            let empty = self.vacate(place);
            self.recycle(empty);
        }
    }

    /// Keeps an empty buffer for later, if it is neither large nor one of many.
    pub(crate) fn recycle(&mut self, mut entries: Vec<Entry>) {
        entries.clear();
        if (1..=KEPT).contains(&entries.capacity()) && self.spares.len() < SPARES {
            self.spares.push(entries);
        }
    }
}

#[cfg(test)]
impl Buckets {
    /// Asserts the invariants, and gives all entries.
    pub(crate) fn check(&self) -> Vec<Entry> {
        let mut all = vec![];
        for (nth, level) in self.levels.iter().enumerate() {
            let Some(level) = level else { continue };
            assert_eq!(self.occupied >> nth & 1 == 1, level.first().is_some());
            let filled = (0..=u8::MAX).filter(|digit| !level.buckets[usize::from(*digit)].is_empty());
            assert!(level.all().eq(filled.clone()));
            for digit in filled {
                let entries = &level.buckets[usize::from(digit)];
                assert!(entries.iter().all(|entry| self.place(entry.at) == (nth, digit)));
                all.extend(entries);
            }
        }
        all
    }

    /// For how many entries there are buffers.
    pub(crate) fn capacity(&self) -> usize {
        let buckets = self.levels.iter().flatten().flat_map(|level| &level.buckets);
        buckets.chain(&self.spares).map(Vec::capacity).sum()
    }
}
