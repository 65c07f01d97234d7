//! `Streams`: one source of random numbers for each thing that is random, so that variants see the same numbers.

use std::fmt;
use std::time::Duration;

use crate::random::Rng;

/// Where streams of random numbers come from: one seed for a run, and a name for each stream.
///
/// A stream depends on the seed and its name alone. So two variants of a model with the same seed see the same arrivals,
/// however many numbers the one draws for something else: common random numbers.
///
/// # Examples
///
/// ```
/// use handover::sim::Streams;
/// let (once, again) = (Streams::new(7), Streams::new(7));
/// let mut arrivals = once.stream("arrivals");
/// let _service = again.stream("service").unit();
/// assert_eq!(arrivals.unit(), again.stream("arrivals").unit());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Streams(u64);

impl Streams {
    /// Makes the streams of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Streams(seed)
    }

    /// Makes the stream of this name, from its beginning.
    ///
    /// The name is hashed by FNV-1a (64 bits); with the seed it goes through splitmix64, four words of which are the state.
    #[must_use]
    pub fn stream(&self, name: &str) -> Stream {
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut words = Rng::new(Rng::new(self.0).next() ^ hash);
        Stream([0; 4].map(|_: u64| words.next()))
    }
}

/// The greatest number that is drawn with a rate of 1: [`Stream::unit`] gives at most 1 - 2^-53, of which this is 53 times the
/// logarithm of 2.
const GREATEST: f64 = 53.0 * std::f64::consts::LN_2;

#[track_caller]
fn check_ends(low: f64, high: f64) {
    for end in [low, high] {
        assert!(end.is_finite(), "an end must be finite, and {end} is not");
    }
    assert!(low <= high, "there is no number from {low} up to {high} to draw");
    assert!(
        (high - low).is_finite(),
        "{low:e} and {high:e} are too far apart to draw between; give ends whose difference is a number"
    );
}

/// A stream of random numbers: xoshiro256++ 1.0 (Blackman and Vigna, 2019).
///
/// The same everywhere, but for what `exponential` and `normal` give, which depends on how the platform rounds `ln`.
#[derive(Clone, PartialEq, Eq)]
pub struct Stream([u64; 4]);

impl Stream {
    /// Draws 64 bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// Draws a number in [0, 1), of 53 bits.
    ///
    /// ```
    /// # use handover::sim::Streams;
    /// assert!((0.0..1.0).contains(&Streams::new(1).stream("any").unit()));
    /// ```
    #[allow(clippy::cast_precision_loss)] // 53 bits are exact
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Draws a number in [low, high); if both are the same, that.
    ///
    /// # Panics
    ///
    /// Panics if `low` is above `high`, one of them is not a finite number, or they are further apart than any number.
    #[track_caller]
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        check_ends(low, high);
        let drawn = low + (high - low) * self.unit();
        if drawn < high { drawn } else { low.max(high.next_down()) } // it was rounded
    }

    /// Draws a whole number of those below `count`, each as likely as the others (Lemire, 2019).
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    #[track_caller]
    pub fn below(&mut self, count: u64) -> u64 {
        assert!(count > 0, "there is no number below 0 to draw");
        loop {
            let wide = u128::from(self.bits()) * u128::from(count);
            #[allow(clippy::cast_possible_truncation)] // the halves are meant
            let (high, low) = ((wide >> 64) as u64, wide as u64);
            if low >= count.wrapping_neg() % count {
                return high;
            }
        }
    }

    /// Draws an item, each as likely as the others.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    ///
    /// ```
    /// # use handover::sim::Streams;
    /// assert!([2, 3].contains(Streams::new(1).stream("any").choice(&[2, 3])));
    /// ```
    #[track_caller]
    pub fn choice<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        assert!(!items.is_empty(), "there is no item to draw; give at least one");
        &items[self.index(items.len())]
    }

    /// Puts items into an order, each as likely as the others.
    ///
    /// ```
    /// # use handover::sim::Streams;
    /// let mut items = [2, 3];
    /// Streams::new(1).stream("any").shuffle(&mut items);
    /// assert!(items == [2, 3] || items == [3, 2]);
    /// ```
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }

    fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).expect("it is below a count")
    }

    /// Draws a number in [low, high], the likelier the nearer to `mode`.
    ///
    /// # Panics
    ///
    /// Panics if [`uniform`](Stream::uniform) does, or `mode` is not between the two.
    ///
    /// ```
    /// # use handover::sim::Streams;
    /// assert!((2.0..=9.0).contains(&Streams::new(1).stream("any").triangular(2.0, 3.0, 9.0)));
    /// ```
    #[track_caller]
    pub fn triangular(&mut self, low: f64, mode: f64, high: f64) -> f64 {
        check_ends(low, high);
        assert!(low <= mode && mode <= high, "a mode of {mode} is not between {low} and {high}");
        let (one, other) = (self.unit(), self.unit());
        let drawn = low + (high - mode) * one.min(other) + (mode - low) * one.max(other);
        drawn.min(high) // it was rounded
    }

    /// Draws a number of the normal distribution, by Marsaglia's polar method. It may be below zero: for a length of time, draw again
    /// or take the greater of it and zero.
    ///
    /// # Panics
    ///
    /// Panics if the deviation is below zero, or not every number that they can give is finite.
    ///
    /// ```
    /// # use handover::sim::Streams;
    /// assert!(Streams::new(1).stream("any").normal(2.0, 3.0).is_finite());
    /// ```
    #[track_caller]
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        assert!(
            deviation >= 0.0 && (mean.abs() + 13.0 * deviation).is_finite(), // no draw is 13 deviations off
            "there is no number with a mean of {mean} and a deviation of {deviation} to draw; give finite ones, and no deviation below 0"
        );
        loop {
            let (x, y) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = x * x + y * y;
            if 0.0 < square && square < 1.0 {
                return mean + deviation * (x * (-2.0 * square.ln() / square).sqrt());
            }
        }
    }

    /// Draws a number of the exponential distribution with this rate: a time between two arrivals.
    ///
    /// # Panics
    ///
    /// Panics if the rate is not finite, or not above zero by so much that every number that it can give is finite: the least
    /// rate is about 2.1e-307.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::sim::Streams;
    /// let mut arrivals = Streams::new(1).stream("arrivals");
    /// let sum: f64 = (0..10_000).map(|_| arrivals.exponential(2.0)).sum();
    /// assert!((sum / 10_000.0 - 0.5).abs() < 0.02);
    /// ```
    #[track_caller]
    pub fn exponential(&mut self, rate: f64) -> f64 {
        assert!(rate > 0.0 && rate.is_finite(), "a rate must be above zero and finite, and {rate} is not");
        assert!(
            (GREATEST / rate).is_finite(),
            "a rate of {rate} gives numbers that are greater than any; give a higher rate"
        );
        -(1.0 - self.unit()).ln() / rate
    }

    /// As [`exponential`](Stream::exponential), as a length of time whose unit is a second.
    ///
    /// # Panics
    ///
    /// Panics if [`exponential`](Stream::exponential) does, or the rate is so low that it can give a time that is longer than any
    /// `Duration`: the least rate is about 2e-18.
    #[track_caller]
    pub fn exponential_time(&mut self, rate: f64) -> Duration {
        let (seconds, most) = (self.exponential(rate), GREATEST / rate);
        let fits = Duration::try_from_secs_f64(most).is_ok();
        assert!(
            fits,
            "a rate of {rate} gives times of up to {most} seconds, which are longer than any; give a higher rate"
        );
        Duration::from_secs_f64(seconds)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream(..)")
    }
}
