//! The plan of the hold model: how long each sleeper sleeps each time, drawn before anything is timed, and what must
//! come of it.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::measure::{Outcome, Run, Stopwatch};

/// Random numbers, the same in every run (`SplitMix64`).
pub struct Random(pub u64);

impl Random {
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// How many delays are in a table: few, so that looking one up costs no cache miss, and nobody's figure is blurred.
const DRAWN: usize = 4096;

/// Each of `sleepers` sleeps 1 to 1,000 ms, again and again, until it wakes at `end` or later.
///
/// What a sleeper does depends on nobody else, so the wakes up to `end` are the same set in whichever order those at
/// one instant run; who promises that order has a checksum that depends on it.
pub struct Plan {
    pub sleepers: u32,
    /// Wakes before this are not timed, in ms.
    begin: u64,
    end: u64,
    /// Two tables, added: the sum differs from sleeper to sleeper and from one time to the next.
    drawn: [[u16; DRAWN]; 2],
    pub expected: Option<Tally>,
}

/// What the wakes up to the end came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Wakes before the beginning, and before the end.
    pub wakes: (u64, u64),
    /// The latest time at which a sleeper woke for good, in ms.
    pub last: u64,
    /// Depends on the order of the wakes.
    pub order: u64,
    /// Does not.
    pub sum: u64,
}

impl Plan {
    /// A plan with about `wakes` timed wakes.
    pub fn new(sleepers: u32, wakes: u64) -> Self {
        let mut random = Random(u64::from(sleepers));
        let drawn = [(); 2].map(|()| std::array::from_fn(|_| (random.draw() % 1000) as u16));
        let length = (wakes * 500).div_ceil(u64::from(sleepers)).max(250);
        Plan { sleepers, begin: 1_000, end: 1_000 + length, drawn, expected: None }.with_expected()
    }

    /// A plan where all sleep for a millisecond, so that all wake at every instant.
    pub fn equal(sleepers: u32, wakes: u64) -> Self {
        let end = 2 + wakes.div_ceil(u64::from(sleepers));
        Plan { sleepers, begin: 2, end, drawn: [[0; DRAWN]; 2], expected: None }.with_expected()
    }

    fn with_expected(mut self) -> Self {
        self.expected = Some(self.run_heap().tally());
        self
    }

    /// For the Python peers.
    pub fn to_json(&self) -> String {
        let Plan { sleepers, begin, end, drawn, .. } = self;
        format!("{{\"sleepers\": {sleepers}, \"begin\": {begin}, \"end\": {end}, \"drawn\": {drawn:?}}}")
    }

    /// How long this sleeper sleeps this time, in ms.
    #[inline]
    pub fn delay(&self, sleeper: u32, time: u32) -> u64 {
        let (sleeper, time) = (sleeper as usize, time as usize);
        let a = self.drawn[0][(sleeper + time) % DRAWN];
        let b = self.drawn[1][(sleeper / DRAWN + 31 * time) % DRAWN];
        let sum = u64::from(a + b);
        1 + if sum < 1000 { sum } else { sum - 1000 }
    }

    /// The floor: nothing but the queue. Pops the earliest and pushes the next.
    pub fn run_heap(&self) -> Watch {
        let watch = Watch::default();
        let mut times = vec![0u32; self.sleepers as usize];
        let mut heap = BinaryHeap::with_capacity(self.sleepers as usize);
        let mut sequence = 0u64;
        for sleeper in 0..self.sleepers {
            heap.push(Reverse((self.delay(sleeper, 0), sequence, sleeper)));
            sequence += 1;
        }
        while let Some(Reverse((now, _, sleeper))) = heap.pop() {
            if watch.wakes(self, sleeper, now) {
                let time = &mut times[sleeper as usize];
                *time += 1;
                heap.push(Reverse((now + self.delay(sleeper, *time), sequence, sleeper)));
                sequence += 1;
            }
        }
        watch
    }

    /// The same, a little faster: replaces the earliest in its place.
    pub fn run_heap_replacing(&self) -> Watch {
        use std::collections::binary_heap::PeekMut;
        let watch = Watch::default();
        let mut times = vec![0u32; self.sleepers as usize];
        let mut heap: BinaryHeap<_> =
            (0..self.sleepers).map(|sleeper| Reverse((self.delay(sleeper, 0), u64::from(sleeper), sleeper))).collect();
        let mut sequence = u64::from(self.sleepers);
        while let Some(mut top) = heap.peek_mut() {
            let Reverse((now, _, sleeper)) = *top;
            if watch.wakes(self, sleeper, now) {
                let time = &mut times[sleeper as usize];
                *time += 1;
                *top = Reverse((now + self.delay(sleeper, *time), sequence, sleeper));
                sequence += 1;
            } else {
                PeekMut::pop(top);
            }
        }
        watch
    }
}

/// What each sleeper tells when it wakes: it counts, and takes the time at the beginning and at the end.
#[derive(Default)]
pub struct Watch {
    wakes: Cell<u64>,
    before: Cell<u64>,
    last: Cell<u64>,
    order: Cell<u64>,
    sum: Cell<u64>,
    begun: Cell<Option<Stopwatch>>,
    elapsed: Cell<Option<Duration>>,
}

impl Watch {
    /// Notes that `sleeper` woke at `now`, and returns whether it is to sleep again.
    #[inline]
    pub fn wakes(&self, plan: &Plan, sleeper: u32, now: u64) -> bool {
        if now >= plan.end {
            self.ends(now);
            return false;
        }
        if now >= plan.begin && self.begun.get().is_none() {
            self.begins();
        }
        self.wakes.set(self.wakes.get() + 1);
        self.order.set(self.order.get().rotate_left(5) ^ (u64::from(sleeper) + now));
        self.sum.set(self.sum.get().wrapping_add((u64::from(sleeper) + 1) * now));
        true
    }

    #[cold]
    fn begins(&self) {
        self.before.set(self.wakes.get());
        self.begun.set(Some(Stopwatch::start()));
    }

    fn ends(&self, now: u64) {
        if self.elapsed.get().is_none() {
            self.elapsed.set(self.begun.get().map(Stopwatch::elapsed));
        }
        self.last.set(self.last.get().max(now));
    }

    pub fn tally(&self) -> Tally {
        Tally {
            wakes: (self.before.get(), self.wakes.get()),
            last: self.last.get(),
            order: self.order.get(),
            sum: self.sum.get(),
        }
    }

    /// Asserts that all went to plan, in the very order if that is promised.
    pub fn outcome(&self, plan: &Plan, ordered: bool) -> Outcome {
        let (mut tally, mut expected) = (self.tally(), plan.expected.expect("a plan is run by the heap first"));
        if !ordered {
            (tally.order, expected.order) = (0, 0);
        }
        assert_eq!(tally, expected);
        let elapsed = self.elapsed.get().ok_or("too short a plan")?;
        Ok(Run { operations: expected.wakes.1 - expected.wakes.0, elapsed })
    }
}
