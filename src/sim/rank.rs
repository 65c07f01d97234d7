//! `Priority`, and the rank that it gives a request among others.

use crate::base::time::Time;

/// How urgent a request is: the smaller, the sooner it is served.
///
/// # Examples
///
/// ```
/// use handover::sim::Priority;
/// let (urgent, routine) = (Priority::from(0), Priority::from(2.5).polite());
/// assert!(urgent.level() < routine.level());
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Priority {
    level: f64,
    polite: bool,
}

impl Priority {
    /// Lets the request wait rather than preempt anybody.
    ///
    /// ```
    /// # use handover::sim::Priority;
    /// assert_ne!(Priority::from(1), Priority::from(1).polite());
    /// ```
    #[must_use]
    pub fn polite(self) -> Self {
        Priority { polite: true, ..self }
    }

    /// Returns the number that it was made from.
    ///
    /// ```
    /// # use handover::sim::Priority;
    /// assert_eq!(Priority::from(3).level(), 3.0);
    /// ```
    #[must_use]
    pub fn level(self) -> f64 {
        self.level
    }

    /// The rank of a request that is made now.
    pub(super) fn rank(self, now: Time) -> Rank {
        let bits = self.level.to_bits().cast_signed();
        Rank { level: bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed(), time: now, polite: self.polite }
    }
}

macro_rules! from {
    ($($number:ty)*) => {$(
        /// From every type of number all of whose values an `f64` holds exactly.
        impl From<$number> for Priority {
            /// # Panics
            ///
            /// Panics at what is not a number.
            #[track_caller]
            fn from(level: $number) -> Self {
                let level = f64::from(level);
                assert!(!level.is_nan(), "a priority must be a number, and NaN is none: it can't be compared with others");
                Priority { level: level + 0.0, polite: false } // of the two zeros, the positive one
            }
        }
    )*};
}

from!(i8 i16 i32 u8 u16 u32 f32 f64);

/// What requests are ordered by (rule R7): the priority, the time of the request, and whether it preempts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Rank {
    /// The bits of the level, in the order of `f64::total_cmp`.
    level: i64,
    time: Time,
    pub(super) polite: bool,
}

impl Rank {
    /// The rank of all, where there are no priorities.
    pub(super) const NONE: Rank = Rank { level: 0, time: Time::ZERO, polite: true };
}
