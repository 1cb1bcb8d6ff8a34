//! Uniform and Gaussian samples of manifolds and fractals.

use std::f64::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::PointCloud;
use crate::error::{Error, InputKind};
use crate::random::generator;

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
    sample(n_points, dimension, seed, |random, point| {
        direction(random, point);
        let radius = random.random::<f64>().powf(1.0 / dimension as f64);
        for x in point {
            *x *= radius;
        }
    })
}

/// $n$ uniform points of the flat torus $S^1 \times S^1$ in $\mathbb{R}^4$, both circles of radius 1.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn clifford_torus(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 4, seed, |random, point| {
        for circle in point.chunks_exact_mut(2) {
            let (sine, cosine) = (TAU * random.random::<f64>()).sin_cos();
            circle.copy_from_slice(&[cosine, sine]);
        }
    })
}

/// $n$ uniform points of the cube $[0, 1]^d$.
///
/// # Errors
///
/// If `n_points` or `dimension` is 0.
pub fn uniform_cube(n_points: usize, dimension: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, dimension, seed, |random, point| point.fill_with(|| random.random()))
}

/// $n$ standard normal points in $\mathbb{R}^d$.
///
/// # Errors
///
/// If `n_points` or `dimension` is 0.
pub fn gaussian(n_points: usize, dimension: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, dimension, seed, |random, point| point.fill_with(|| normal(random)))
}

/// $n$ points of the swiss roll $(t \cos t, h, t \sin t)$ in $\mathbb{R}^3$, with $t$ uniform in
/// $[3\pi/2, 9\pi/2]$ and $h$ in $[0, 21]$.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn swiss_roll(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 3, seed, |random, point| {
        let t = 0.75 * TAU * (1.0 + 2.0 * random.random::<f64>());
        point.copy_from_slice(&[t * t.cos(), 21.0 * random.random::<f64>(), t * t.sin()]);
    })
}

/// $n$ points of the Sierpinski triangle in $\mathbb{R}^2$, of dimension $\log 3 / \log 2 = 1.585$.
///
/// Each point is 50 independent random halvings towards the corners $(0,0), (1,0), (1/2, \sqrt 3/2)$.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn sierpinski_triangle(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    const CORNERS: [[f64; 2]; 3] = [[0.0, 0.0], [1.0, 0.0], [0.5, 0.866_025_403_784_438_6]];
    sample(n_points, 2, seed, |random, point| {
        for _ in 0..50 {
            let corner = CORNERS[random.random_range(0..3)];
            point.iter_mut().zip(corner).for_each(|(x, corner)| *x = f64::midpoint(*x, corner));
        }
    })
}

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

fn direction(random: &mut ChaCha8Rng, point: &mut [f64]) {
    point.fill_with(|| normal(random));
    let length = point.iter().map(|x| x * x).sum::<f64>().sqrt();
    for x in point {
        *x /= length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_points() {
        assert_eq!(gaussian(20, 3, 5).unwrap(), gaussian(20, 3, 5).unwrap());
        assert_ne!(gaussian(20, 3, 5).unwrap(), gaussian(20, 3, 6).unwrap());
    }

    #[test]
    fn means_and_radii_are_those_of_the_definition() {
        let n = 20_000;
        // E|x| of the unit d-ball is d/(d+1).
        let ball = ball(n, 3, 1).unwrap();
        let radius = ball.points().map(|p| p.iter().map(|x| x * x).sum::<f64>().sqrt()).sum::<f64>();
        assert!((radius / n as f64 - 0.75).abs() < 0.01);
        // The centroid of the triangle's corners.
        let triangle = sierpinski_triangle(n, 1).unwrap();
        let height = triangle.points().map(|p| p[1]).sum::<f64>() / n as f64;
        assert!((height - 0.75_f64.sqrt() / 3.0).abs() < 0.01);
        let torus = clifford_torus(n, 1).unwrap();
        assert!(torus.points().all(|p| (p[2].hypot(p[3]) - 1.0).abs() < 1e-12));
        assert!(swiss_roll(n, 1).unwrap().points().all(|p| p[0].hypot(p[2]) < 4.5 * std::f64::consts::PI));
    }

    #[test]
    fn no_points_is_an_error() {
        assert!(circle(0, 0).is_err());
        assert!(uniform_cube(3, 0, 0).is_err());
    }
}
