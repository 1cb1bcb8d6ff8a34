//! Spheres and balls.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::registry::Manifold;
use super::sample::{direction, sample};
use crate::PointCloud;
use crate::error::Error;

/// $n$ uniform points of the unit circle in $\mathbb{R}^2$.
///
/// Its Rips filtration has one long interval in dimension 1, which dies at $\sqrt 3$.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn circle(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sphere(n_points, 1, seed)
}

/// $n$ uniform points of the unit sphere $S^d$ in $\mathbb{R}^{d+1}$.
///
/// The top class of its Rips filtration dies at $\sqrt{2(d+2)/(d+1)}$.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn sphere(n_points: usize, dimension: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, dimension + 1, seed, direction)
}

/// $n$ uniform points of the unit ball in $\mathbb{R}^d$.
///
/// # Errors
///
/// If `n_points` or `dimension` is 0.
pub fn ball(n_points: usize, dimension: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, dimension, seed, inside)
}

fn inside(random: &mut ChaCha8Rng, point: &mut [f64]) {
    direction(random, point);
    let radius = random.random::<f64>().powf(1.0 / point.len() as f64);
    for x in point {
        *x *= radius;
    }
}

const fn unit_sphere(name: &'static str, dimension: usize) -> Manifold {
    Manifold::new(name, dimension as f64, dimension + 1, direction).formula("|x| = 1").reference("hein2005")
}

const fn unit_ball(name: &'static str, dimension: usize) -> Manifold {
    Manifold::new(name, dimension as f64, dimension, inside).formula("|x| <= 1").reference("levina2004")
}

pub(super) const MANIFOLDS: [Manifold; 10] = [
    unit_sphere("circle", 1),
    unit_sphere("sphere-2", 2),
    unit_sphere("sphere-3", 3),
    unit_sphere("sphere-5", 5),
    unit_sphere("sphere-10", 10).benchmark("M1"),
    unit_sphere("sphere-30", 30),
    unit_sphere("sphere-50", 50),
    unit_sphere("sphere-70", 70),
    unit_ball("ball-5", 5),
    unit_ball("ball-10", 10),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_radius_of_a_ball_is_that_of_the_definition() {
        let n = 20_000;
        // E|x| of the unit d-ball is d/(d+1).
        let ball = ball(n, 3, 1).unwrap();
        let radius = ball.points().map(|p| p.iter().map(|x| x * x).sum::<f64>().sqrt()).sum::<f64>();
        assert!((radius / n as f64 - 0.75).abs() < 0.01);
    }

    #[test]
    fn no_points_is_an_error() {
        assert!(circle(0, 0).is_err());
        assert!(ball(3, 0, 0).is_err());
    }
}
