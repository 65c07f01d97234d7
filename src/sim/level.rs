//! `Level`: a whole number that lasts for a time, as the length of a queue, weighted by how long.

use std::fmt;

use crate::base::time::Time;

/// A number that lasts for a time: how many wait, how many are in use. Observations without length are for
/// [`Tally`](crate::sim::Tally).
///
/// It adds up whole units times whole nanoseconds, so that nothing is rounded and merging gives the same number in any order
/// (rule R17).
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
/// queue.reset(at(8)); // the warm-up is over
/// assert_eq!((queue.value(), queue.mean(at(9))), (1, Some(1.0)));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Level {
    value: u64,
    since: Time,
    /// Of what was measured before `since`: nanoseconds, and units times nanoseconds.
    length: u128,
    area: u128,
    /// Units squared times nanoseconds.
    squares: u128,
    min: u64,
    max: u64,
}

impl Level {
    /// Makes one that has this value from `now` on.
    #[must_use]
    pub fn new(now: Time, value: u64) -> Self {
        Level { value, since: now, length: 0, area: 0, squares: 0, min: value, max: value }
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
        (self.length, self.area, self.squares) = self.until(now);
        (self.since, self.value) = (now, value);
        (self.min, self.max) = (self.min.min(value), self.max.max(value));
    }

    /// What was measured until `now`.
    #[track_caller]
    fn until(&self, now: Time) -> (u128, u128, u128) {
        assert!(
            now >= self.since,
            "a level was changed at {}, and can't be asked about {now}, which is earlier",
            self.since
        );
        let (lasted, value) = (u128::from(now.as_nanos() - self.since.as_nanos()), u128::from(self.value));
        (self.length + lasted, self.area + value * lasted, self.squares + value * value * lasted)
    }

    /// Forgets what was measured, and keeps the value: the warm-up is over (rule R17).
    pub fn reset(&mut self, now: Time) {
        *self = Level::new(now, self.value);
    }

    /// Returns the mean until `now`, weighted by time; `None` if no time has passed.
    ///
    /// # Panics
    ///
    /// Panics if `now` is before the last change.
    #[must_use]
    #[track_caller]
    pub fn mean(&self, now: Time) -> Option<f64> {
        let (length, area, _) = self.until(now);
        ratio(area, length)
    }

    /// Returns the variance until `now`, weighted by time; `None` if no time has passed.
    ///
    /// # Panics
    ///
    /// Panics if `now` is before the last change.
    #[must_use]
    #[track_caller]
    pub fn variance(&self, now: Time) -> Option<f64> {
        let (length, area, squares) = self.until(now);
        let mean = ratio(area, length)?;
        Some((ratio(squares, length)? - mean * mean).max(0.0))
    }

    /// Returns the least.
    #[must_use]
    pub fn min(&self) -> u64 {
        self.min
    }

    /// Returns the greatest.
    #[must_use]
    pub fn max(&self) -> u64 {
        self.max
    }

    /// Adds what another has measured until its last change, as one of another run: the mean is then that over both.
    ///
    /// Bring both up to date first, by setting their values anew.
    pub fn merge(&mut self, other: &Level) {
        self.length += other.length;
        self.area += other.area;
        self.squares += other.squares;
        (self.min, self.max) = (self.min.min(other.min), self.max.max(other.max));
    }
}

#[allow(clippy::cast_precision_loss)] // rounded once, at the very end
fn ratio(sum: u128, length: u128) -> Option<f64> {
    (length > 0).then(|| sum as f64 / length as f64)
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Level").field("value", &self.value).field("since", &self.since).finish_non_exhaustive()
    }
}
