//! Initial weights.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::tensor::Element;

/// The random numbers of item `index` under `seed`; streams do not overlap.
pub(super) fn stream(seed: u64, index: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(index);
    random
}

/// `length` normal numbers with mean 0 and variance 2 / `fan_in` (He et al. 2015).
pub(super) fn he_normal<E: Element>(random: &mut ChaCha8Rng, fan_in: usize, length: usize) -> Vec<E> {
    let deviation = (2.0 / fan_in as f64).sqrt();
    let normal = || -> f64 { StandardNormal.sample(random) };
    std::iter::repeat_with(normal).take(length).map(|value| E::from_f64(value * deviation)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variance_is_two_over_fan_in() {
        let values: Vec<f64> = he_normal(&mut stream(3, 1), 50, 100_000);
        let mean = values.iter().sum::<f64>() / 1e5;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.003 && (variance / 0.04 - 1.0).abs() < 0.02, "{mean} {variance}");
    }

    #[test]
    fn streams_differ_and_repeat() {
        let first = |seed, index| he_normal::<f64>(&mut stream(seed, index), 1, 2);
        assert_eq!(first(1, 2), first(1, 2));
        assert_ne!(first(1, 2), first(1, 3));
        assert_ne!(first(1, 2), first(2, 2));
    }
}
