//! Points drawn one after another from one stream.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::PointCloud;
use crate::error::{Error, InputKind};
use crate::random::generator;

pub(super) fn sample(
    n_points: usize,
    n_features: usize,
    seed: u64,
    mut fill: impl FnMut(&mut ChaCha8Rng, &mut [f64]),
) -> Result<PointCloud<f64>, Error> {
    if n_points == 0 || n_features == 0 {
        return Err(InputKind::Empty { argument: "n_points" }.into());
    }
    let mut random = generator(seed, 0);
    let mut values = vec![0.0; n_points * n_features];
    values.chunks_exact_mut(n_features).for_each(|point| fill(&mut random, point));
    PointCloud::new(values, n_points, n_features)
}

pub(super) fn normal(random: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(random)
}

/// A uniform point of the unit sphere.
pub(super) fn direction(random: &mut ChaCha8Rng, point: &mut [f64]) {
    point.fill_with(|| normal(random));
    let length = point.iter().map(|x| x * x).sum::<f64>().sqrt();
    for x in point {
        *x /= length;
    }
}
