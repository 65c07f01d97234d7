//! The generator of random orders, written down here so that a seed means the same order everywhere (rule X11).

/// `SplitMix64`: Guy Steele, Doug Lea and Christine Flood, "Fast splittable pseudorandom number generators", 2014.
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Rng(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Draws one of `0..count`, each as likely but for one in 2^64 / `count`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let product = u128::from(self.next()) * count as u128;
        usize::try_from(product >> 64).expect("it is below a count")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x11_the_numbers_are_those_of_the_paper_and_stay() {
        let mut rng = Rng::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| rng.next()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
        assert!((0..1_000).all(|_| rng.below(7) < 7));
    }
}
