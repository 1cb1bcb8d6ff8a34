//! Planes that are rolled or bent.

use std::f64::consts::{PI, TAU};

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::registry::Manifold;
use super::sample::sample;
use crate::PointCloud;
use crate::error::Error;

/// $n$ points of the swiss roll $(t \cos t, h, t \sin t)$ in $\mathbb{R}^3$, with $t$ uniform in
/// $[3\pi/2, 9\pi/2]$ and $h$ in $[0, 21]$.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn swiss_roll(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 3, seed, roll)
}

/// $n$ points of the S-curve $(\sin t, h, \operatorname{sign}(t) (\cos t - 1))$ in $\mathbb{R}^3$, with $t$ uniform in
/// $[-3\pi/2, 3\pi/2]$ and $h$ in $[0, 2]$.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn s_curve(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 3, seed, bent)
}

fn roll(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let t = 0.75 * TAU * (1.0 + 2.0 * random.random::<f64>());
    point.copy_from_slice(&[t * t.cos(), 21.0 * random.random::<f64>(), t * t.sin()]);
}

fn bent(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let t = 3.0 * PI * (random.random::<f64>() - 0.5);
    point.copy_from_slice(&[t.sin(), 2.0 * random.random::<f64>(), t.signum() * (t.cos() - 1.0)]);
}

pub(super) const MANIFOLDS: [Manifold; 2] = [
    Manifold::new("roll", 2.0, 3, roll)
        .formula("(t cos t, h, t sin t), t in [3 pi/2, 9 pi/2], h in [0, 21]")
        .reference("hein2005")
        .benchmark("M7"),
    Manifold::new("s-curve", 2.0, 3, bent)
        .formula("(sin t, h, sign(t) (cos t - 1)), t in [-3 pi/2, 3 pi/2], h in [0, 2]")
        .reference("campadelli2015")
        .benchmark("M13a"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_on_the_curve() {
        assert!(swiss_roll(500, 1).unwrap().points().all(|p| p[0].hypot(p[2]) < 4.5 * PI));
        // Both halves of the S are arcs of unit circles around (0, -1) and (0, 1).
        let cloud = s_curve(500, 1).unwrap();
        let off = |p: &[f64]| p[0].hypot(p[2].abs() - 1.0) - 1.0;
        assert!(cloud.points().all(|p| off(p).abs() < 1e-12 && (0.0..2.0).contains(&p[1])));
        assert!(cloud.points().any(|p| p[2] > 1.0) && cloud.points().any(|p| p[2] < -1.0));
    }
}
