//! Normal clouds.

use rand_chacha::ChaCha8Rng;

use super::registry::Manifold;
use super::sample::{normal, sample};
use crate::PointCloud;
use crate::error::Error;

/// $n$ standard normal points in $\mathbb{R}^d$.
///
/// # Errors
///
/// If `n_points` or `dimension` is 0.
pub fn gaussian(n_points: usize, dimension: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, dimension, seed, standard)
}

fn standard(random: &mut ChaCha8Rng, point: &mut [f64]) {
    point.fill_with(|| normal(random));
}

const fn isotropic(name: &'static str, dimension: usize) -> Manifold {
    Manifold::new(name, dimension as f64, dimension, standard).formula("N(0, I)").reference("hein2005")
}

pub(super) const MANIFOLDS: [Manifold; 2] =
    [isotropic("norm-20", 20).benchmark("M12"), isotropic("norm-50", 50)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_points() {
        assert_eq!(gaussian(20, 3, 5).unwrap(), gaussian(20, 3, 5).unwrap());
        assert_ne!(gaussian(20, 3, 5).unwrap(), gaussian(20, 3, 6).unwrap());
    }
}
