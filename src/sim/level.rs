//! `Level`: a whole number that changes over time, such as the length of a queue, weighted by how long each value lasts.

use std::collections::BTreeMap;
use std::fmt;

use crate::base::time::Time;
use crate::sim::tally::{Interval, Tally};

/// A whole number that changes over time: how many wait, how many are in use. For observations that do not last, see
/// [`Tally`](crate::sim::Tally).
///
/// It adds up whole units times whole nanoseconds, so that nothing is rounded and merging gives the same number in any order
/// (rule R17). Its memory grows with how many different values it has had, and not with the time.
///
/// # Examples
///
/// ```
/// use handover::{Time, sim::Level};
/// let at = Time::from_nanos;
/// let mut queue = Level::new(at(0), 0);
/// queue.set(at(2), 3); // 0 for two
/// queue.set(at(6), 1); // 3 for four
/// assert_eq!(queue.mean(at(8)), Some(14.0 / 8.0)); // 1 for two
/// assert_eq!((queue.min(), queue.max()), (0, 3));
/// assert_eq!(queue.quantile(at(8), 0.5), Some(1)); // it was at most 1 for half the time
/// queue.reset(at(8)); // the warm-up is over
/// assert_eq!((queue.value(), queue.mean(at(9))), (1, Some(1.0)));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Level {
    value: u64,
    since: Time,
    /// For how many nanoseconds it had each value before `since`, in this run and those that were merged.
    lasted: BTreeMap<u64, u128>,
    /// Of this run, before `since`.
    own: Sum,
    /// Of each run that was merged.
    others: Vec<Sum>,
    min: u64,
    max: u64,
}

/// How long one run or several took, and the area under their levels.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Sum {
    /// In nanoseconds.
    length: u128,
    /// In units times nanoseconds. That of one run always fits.
    area: u128,
    /// How many times the area of several runs has overflowed.
    carried: u32,
}

impl Sum {
    fn add(&mut self, value: u64, nanos: u128) {
        self.merge(Sum { length: nanos, area: u128::from(value) * nanos, carried: 0 });
    }

    fn merge(&mut self, other: Sum) {
        self.length += other.length;
        let (area, carried) = self.area.overflowing_add(other.area);
        self.area = area;
        self.carried += other.carried + u32::from(carried);
    }

    #[allow(clippy::cast_precision_loss)] // rounded at the very end
    fn mean(self) -> Option<f64> {
        let area = f64::from(self.carried) * 2.0_f64.powi(128) + self.area as f64;
        (self.length > 0).then(|| area / self.length as f64)
    }
}

impl Level {
    /// Makes one that has this value from `now` on.
    #[must_use]
    pub fn new(now: Time, value: u64) -> Self {
        Level {
            value,
            since: now,
            lasted: BTreeMap::new(),
            own: Sum::default(),
            others: vec![],
            min: value,
            max: value,
        }
    }

    /// Returns the value.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.value
    }

    /// Notes that it has this value from `now` on.
    ///
    /// # Panics
    ///
    /// Panics if `now` is before the last change.
    #[track_caller]
    pub fn set(&mut self, now: Time, value: u64) {
        let nanos = self.nanos(now);
        if nanos > 0 {
            *self.lasted.entry(self.value).or_default() += nanos;
            self.own.add(self.value, nanos);
        }
        (self.since, self.value) = (now, value);
        (self.min, self.max) = (self.min.min(value), self.max.max(value));
    }

    /// For how long it has had its value.
    #[track_caller]
    fn nanos(&self, now: Time) -> u128 {
        let since = self.since;
        assert!(now >= since, "a level was changed at {since}, and can't be asked about {now}, which is earlier");
        u128::from(now.as_nanos() - since.as_nanos())
    }

    /// Forgets what was measured, and keeps the value: the warm-up is over (rule R17).
    pub fn reset(&mut self, now: Time) {
        *self = Level::new(now, self.value);
    }

    /// The sum of all runs, this one until `now`.
    #[track_caller]
    fn all(&self, now: Time) -> Sum {
        let mut all = self.own;
        all.add(self.value, self.nanos(now));
        for other in &self.others {
            all.merge(*other);
        }
        all
    }

    /// Returns the mean until `now`, weighted by time; `None` if no time has passed.
    ///
    /// # Panics
    ///
    /// Panics if `now` is before the last change.
    #[must_use]
    #[track_caller]
    pub fn mean(&self, now: Time) -> Option<f64> {
        self.all(now).mean()
    }

    /// Returns the variance until `now`, weighted by time; `None` if no time has passed.
    ///
    /// # Panics
    ///
    /// Panics if `now` is before the last change.
    #[must_use]
    #[track_caller]
    #[allow(clippy::cast_precision_loss)] // of a sum of squares, none of which is negative
    pub fn variance(&self, now: Time) -> Option<f64> {
        let (all, up_to_date) = (self.all(now), self.up_to_date(now));
        let mean = all.mean()?;
        let squares = up_to_date.iter().map(|(value, nanos)| (*value as f64 - mean).powi(2) * *nanos as f64);
        Some(squares.sum::<f64>() / all.length as f64)
    }

    /// Returns the least value that it did not exceed for this share of the time until `now`; `None` if no time has passed.
    ///
    /// # Panics
    ///
    /// Panics if the share is not between 0 and 1, or `now` is before the last change.
    #[must_use]
    #[track_caller]
    #[allow(clippy::cast_precision_loss)] // each is rounded once, and not added up
    pub fn quantile(&self, now: Time, share: f64) -> Option<u64> {
        assert!((0.0..=1.0).contains(&share), "a share is between 0 and 1, and {share} is not");
        let length = self.all(now).length;
        let lasted = self.up_to_date(now);
        let mut not_above = 0;
        for (value, nanos) in &lasted {
            not_above += nanos;
            // In lowest terms, so that 55 of 100 is the number that is written 0.55, whatever the unit.
            let common = gcd(not_above, length);
            if (not_above / common) as f64 / (length / common) as f64 >= share {
                return Some(*value);
            }
        }
        lasted.last_key_value().map(|(value, _)| *value)
    }

    /// For how long it had each value until `now`.
    fn up_to_date(&self, now: Time) -> BTreeMap<u64, u128> {
        let mut all = self.clone();
        all.set(now, self.value);
        all.lasted
    }

    /// Returns the interval that covers the true mean with this confidence, such as 0.95: each run that was merged is an
    /// observation, and so is this one until `now`. `None` for fewer than two of them.
    ///
    /// The parts of one run are not independent of each other, so that a single run has no interval. The runs must be of the
    /// same length.
    ///
    /// # Panics
    ///
    /// Panics if the confidence is not between 0 and 1, exclusively, or `now` is before the last change.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Time, sim::Level};
    /// let end = Time::from_nanos(10);
    /// let [mut first, second, third] = [1, 2, 3].map(|value| {
    ///     let mut level = Level::new(Time::ZERO, value);
    ///     level.set(end, value);
    ///     level
    /// });
    /// assert!(first.interval(end, 0.95).is_none());
    /// first.merge(&second);
    /// first.merge(&third);
    /// assert_eq!(format!("{:.2}", first.interval(end, 0.95).unwrap()), "2.00 ± 2.48");
    /// ```
    #[must_use]
    #[track_caller]
    pub fn interval(&self, now: Time, confidence: f64) -> Option<Interval> {
        let mut own = self.own;
        own.add(self.value, self.nanos(now));
        let runs = self.others.iter().copied().chain([own]);
        runs.filter_map(Sum::mean).collect::<Tally>().interval(confidence)
    }

    /// Returns the least value that it has had.
    #[must_use]
    pub fn min(&self) -> u64 {
        self.min
    }

    /// Returns the greatest value that it has had.
    #[must_use]
    pub fn max(&self) -> u64 {
        self.max
    }

    /// Adds what another has measured until its last change, as that of another run: the mean is then the one over both.
    ///
    /// The time since its last change does not count: bring both up to date first, by setting their values anew. Begin with the
    /// first run, and not with a new level, whose value would count for the least and the greatest.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Time, sim::Level};
    /// let end = Time::from_nanos(10);
    /// let runs = [2, 4].map(|value| {
    ///     let mut level = Level::new(Time::ZERO, value);
    ///     level.set(end, value); // or the time until the end is not counted
    ///     level
    /// });
    /// let both = runs.into_iter().reduce(|mut all, run| {
    ///     all.merge(&run);
    ///     all
    /// });
    /// let both = both.unwrap();
    /// assert_eq!((both.min(), both.mean(end), both.max()), (2, Some(3.0), 4));
    /// ```
    pub fn merge(&mut self, other: &Level) {
        for (value, nanos) in &other.lasted {
            *self.lasted.entry(*value).or_default() += nanos;
        }
        self.others.extend(other.others.iter().copied().chain([other.own]));
        (self.min, self.max) = (self.min.min(other.min), self.max.max(other.max));
    }
}

/// The greatest divisor of both, the second of which is not zero.
fn gcd(a: u128, b: u128) -> u128 {
    let (mut greater, mut lesser) = (b, a);
    while lesser > 0 {
        (greater, lesser) = (lesser, greater % lesser);
    }
    greater
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Level").field("value", &self.value).field("since", &self.since).finish_non_exhaustive()
    }
}
