//! `Tally`: observations, each of the same weight, and what they come to.

use std::fmt;

use crate::sim::quantile::student_t;

/// Observations, each of the same weight: waiting times, say. For what lasts for a time, as the length of a queue, see
/// [`Level`](crate::sim::Level).
///
/// It keeps every observation, so that quantiles are exact, and merging gives the same numbers in any order. Where they are too many
/// to keep, add up whole numbers, as the example `mm1` does.
///
/// # Examples
///
/// ```
/// use handover::sim::Tally;
/// let waits: Tally = [2.0, 4.0, 6.0].into_iter().collect();
/// assert_eq!((waits.count(), waits.mean(), waits.variance()), (3, Some(4.0), Some(4.0)));
/// assert_eq!((waits.min(), waits.max(), waits.quantile(0.5)), (Some(2.0), Some(6.0), Some(4.0)));
/// let interval = waits.interval(0.95).unwrap();
/// assert!(interval.contains(4.0) && (interval.half_width() - 4.968).abs() < 1e-3);
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Tally(Vec<f64>);

impl Tally {
    /// Makes one without observations.
    #[must_use]
    pub fn new() -> Self {
        Tally::default()
    }

    /// Adds an observation.
    ///
    /// # Panics
    ///
    /// Panics if it is not finite: one such would make every result meaningless.
    #[track_caller]
    pub fn add(&mut self, value: f64) {
        assert!(value.is_finite(), "an observation must be finite, and {value} is not");
        self.0.push(value);
    }

    /// Forgets all observations: the warm-up is over.
    pub fn reset(&mut self) {
        self.0.clear();
    }

    /// Adds the observations of another.
    pub fn merge(&mut self, other: &Tally) {
        self.0.extend_from_slice(&other.0);
    }

    /// Returns how many observations there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The observations from the least, so that what is computed is the same in whatever order they came.
    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// Returns the mean, if there is an observation.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        mean(&self.sorted())
    }

    /// Returns the sample variance, whose divisor is one less than the count, if there are two observations.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        let sorted = self.sorted();
        let mean = mean(&sorted).filter(|_| sorted.len() > 1)?;
        let squares = sorted.iter().map(|value| (value - mean).powi(2));
        Some(squares.sum::<f64>() / count(sorted.len() - 1))
    }

    /// Returns the least observation.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        self.0.iter().copied().min_by(f64::total_cmp)
    }

    /// Returns the greatest observation.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        self.0.iter().copied().max_by(f64::total_cmp)
    }

    /// Returns the value that this share of the observations does not exceed, interpolated between two of them (R's type 7).
    ///
    /// # Panics
    ///
    /// Panics if the share is not between 0 and 1.
    #[must_use]
    #[track_caller]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        assert!((0.0..=1.0).contains(&share), "a share is between 0 and 1, and {share} is not");
        let sorted = self.sorted();
        let at = share * count(sorted.len().checked_sub(1)?);
        let (below, part) = (at.floor(), at.fract());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // it is an index
        let nth = below as usize;
        let (value, next) = (sorted[nth], *sorted.get(nth + 1).unwrap_or(&sorted[nth]));
        let gap = next - value;
        Some(if gap.is_finite() { value + part * gap } else { value * (1.0 - part) + next * part })
    }

    /// Returns the interval that covers the true mean with this confidence, such as 0.95, by Student's t. `None` for fewer than
    /// two observations.
    ///
    /// The observations must be independent of each other. The results of replications are; the waiting times in one run are
    /// not.
    ///
    /// # Panics
    ///
    /// Panics if the confidence is not between 0 and 1, exclusively.
    #[must_use]
    #[track_caller]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let is_share = confidence > 0.0 && confidence < 1.0;
        assert!(is_share, "a confidence is above 0 and below 1, and {confidence} is not");
        let (mean, variance, count) = (self.mean()?, self.variance()?, count(self.count()));
        Some(Interval { mean, half_width: student_t(confidence, count - 1.0) * (variance / count).sqrt() })
    }
}

#[allow(clippy::cast_precision_loss)] // there are not that many
fn count(count: usize) -> f64 {
    count as f64
}

/// The mean of values that are sorted. It is finite also where their sum is not, and clamped to the least and the greatest, so
/// that rounding does not change the mean of equal values.
fn mean(values: &[f64]) -> Option<f64> {
    let (least, greatest, count) = (*values.first()?, *values.last()?, count(values.len()));
    let sum: f64 = values.iter().sum();
    let mean = if sum.is_finite() { sum / count } else { values.iter().map(|value| value / count).sum() };
    Some(mean.clamp(least, greatest))
}

impl FromIterator<f64> for Tally {
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut tally = Tally::new();
        for value in values {
            tally.add(value);
        }
        tally
    }
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tally").field("count", &self.count()).field("mean", &self.mean()).finish()
    }
}

/// A mean, and how far from it the true one may be.
///
/// # Examples
///
/// ```
/// # use handover::sim::Tally;
/// let waits: Tally = [2.0, 4.0, 6.0].into_iter().collect();
/// assert_eq!(format!("{:.2}", waits.interval(0.95).unwrap()), "4.00 ± 4.97");
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Interval {
    mean: f64,
    half_width: f64,
}

impl Interval {
    /// Returns its middle.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Returns how far it goes to either side.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        self.half_width
    }

    /// Returns whether a value lies in it.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        (value - self.mean).abs() <= self.half_width
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.mean, f)?;
        f.write_str(" ± ")?;
        fmt::Display::fmt(&self.half_width, f)
    }
}
