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

/// A stream of random numbers: xoshiro256++ 1.0 (Blackman and Vigna, 2019).
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
        assert!(low <= high && (high - low).is_finite(), "there is no number from {low} up to {high} to draw");
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
