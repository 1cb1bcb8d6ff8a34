//! Tori, flat and round.

use std::f64::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::registry::Manifold;
use super::sample::sample;
use crate::PointCloud;
use crate::error::Error;

/// $n$ uniform points of the flat torus $S^1 \times S^1$ in $\mathbb{R}^4$, both circles of radius 1.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn clifford_torus(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    flat_torus(n_points, 2, seed)
}

/// $n$ uniform points of the flat torus $(S^1)^d$ in $\mathbb{R}^{2d}$, all circles of radius 1.
///
/// # Errors
///
/// If `n_points` or `dimension` is 0.
pub fn flat_torus(n_points: usize, dimension: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 2 * dimension, seed, circles)
}

/// $n$ points, uniform by area, of the torus $((2 + \cos v) \cos u, (2 + \cos v) \sin u, \sin v)$ in $\mathbb{R}^3$.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn torus(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 3, seed, tube)
}

fn circles(random: &mut ChaCha8Rng, point: &mut [f64]) {
    for circle in point.chunks_exact_mut(2) {
        let (sine, cosine) = (TAU * random.random::<f64>()).sin_cos();
        circle.copy_from_slice(&[cosine, sine]);
    }
}

fn tube(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let (u_sine, u_cosine) = (TAU * random.random::<f64>()).sin_cos();
    // The area element is proportional to the distance from the axis.
    let (v_sine, v_cosine) = loop {
        let (sine, cosine) = (TAU * random.random::<f64>()).sin_cos();
        if 3.0 * random.random::<f64>() < 2.0 + cosine {
            break (sine, cosine);
        }
    };
    let radius = 2.0 + v_cosine;
    point.copy_from_slice(&[radius * u_cosine, radius * u_sine, v_sine]);
}

const fn flat(name: &'static str, dimension: usize) -> Manifold {
    Manifold::new(name, dimension as f64, 2 * dimension, circles)
        .formula("(cos u_i, sin u_i), i = 1..d")
        .reference("adams2017")
}

pub(super) const MANIFOLDS: [Manifold; 3] = [
    flat("clifford-torus", 2),
    flat("flat-torus-5", 5),
    Manifold::new("torus", 2.0, 3, tube)
        .formula("((2 + cos v) cos u, (2 + cos v) sin u, sin v), uniform by area")
        .reference("diaconis2013"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_on_their_circles() {
        let flat = clifford_torus(500, 1).unwrap();
        assert!(flat.points().all(|p| (p[2].hypot(p[3]) - 1.0).abs() < 1e-12));
        let round = torus(500, 1).unwrap();
        assert!(round.points().all(|p| ((p[0].hypot(p[1]) - 2.0).hypot(p[2]) - 1.0).abs() < 1e-12));
    }

    #[test]
    fn a_torus_is_uniform_by_area() {
        // E(2 + cos v) under the density (2 + cos v) / (4 pi) is 2 + 1/4.
        let n = 20_000;
        let mean = torus(n, 2).unwrap().points().map(|p| p[0].hypot(p[1])).sum::<f64>() / n as f64;
        assert!((mean - 2.25).abs() < 0.02, "{mean}");
    }
}
