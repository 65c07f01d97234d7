//! The generator of random orders, written down here so that a seed means the same order everywhere (rule X11).

use crate::sim::streams::splitmix;

pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Rng(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        splitmix(&mut self.0)
    }

    /// Draws one of `0..count`, each as likely but for one in 2^64 / `count`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let product = u128::from(self.next()) * count as u128;
        usize::try_from(product >> 64).expect("it is below a count")
    }
}
