//! The random numbers of CPython's `random` module: the Mersenne Twister, and on it the draws as CPython computes them
//! (`Lib/random.py` and `Modules/_randommodule.c` of CPython 3). The same seed gives the same numbers as there.
#![allow(dead_code)] // not every example makes every draw

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use rand_mt::Mt;

/// A generator that several peers draw from. A clone is another handle to the same one.
#[derive(Clone)]
pub(crate) struct Random(Rc<RefCell<Mt>>);

impl Random {
    /// `random.seed(seed)`, for a seed of 32 bits.
    pub(crate) fn seed(seed: u32) -> Self {
        Random(Rc::new(RefCell::new(Mt::new_with_key([seed]))))
    }

    fn bits(&self) -> u32 {
        self.0.borrow_mut().next_u32()
    }

    /// `random.random()`: 53 bits, in [0, 1).
    pub(crate) fn random(&self) -> f64 {
        let (high, low) = (self.bits() >> 5, self.bits() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    /// `random.uniform(low, high)`.
    pub(crate) fn uniform(&self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.random()
    }

    /// `random.expovariate(rate)`.
    pub(crate) fn expovariate(&self, rate: f64) -> f64 {
        -(1.0 - self.random()).ln() / rate
    }

    /// `random.normalvariate(mean, sigma)`, by Kinderman and Monahan.
    pub(crate) fn normalvariate(&self, mean: f64, sigma: f64) -> f64 {
        let magic = 4.0 * (-0.5_f64).exp() / 2.0_f64.sqrt();
        loop {
            let (u1, u2) = (self.random(), 1.0 - self.random());
            let z = magic * (u1 - 0.5) / u2;
            if z * z / 4.0 <= -u2.ln() {
                return mean + z * sigma;
            }
        }
    }

    /// `random.randint(low, high)`, of which both may come.
    pub(crate) fn randint(&self, low: u32, high: u32) -> u32 {
        let count = high - low + 1;
        let wanted = u32::BITS - count.leading_zeros();
        loop {
            let drawn = self.bits() >> (u32::BITS - wanted);
            if drawn < count {
                return low + drawn;
            }
        }
    }
}

/// A length of time that SimPy has as a float.
pub(crate) fn length(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}
