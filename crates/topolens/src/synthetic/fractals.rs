//! Fractals: their dimension is no whole number.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::registry::Manifold;
use super::sample::sample;
use crate::PointCloud;
use crate::error::Error;

/// $n$ points of the Sierpinski triangle in $\mathbb{R}^2$, of dimension $\log 3 / \log 2 = 1.585$.
///
/// Each point is 50 independent random halvings towards the corners $(0,0), (1,0), (1/2, \sqrt 3/2)$.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn sierpinski_triangle(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 2, seed, triangle)
}

/// $n$ points of the Sierpinski carpet in $[0, 1]^2$, of dimension $\log 8 / \log 3 = 1.893$.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn sierpinski_carpet(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 2, seed, |random, point| thirds(random, point, 1))
}

/// $n$ points of the Menger sponge in $[0, 1]^3$, of dimension $\log 20 / \log 3 = 2.727$.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn menger_sponge(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 3, seed, |random, point| thirds(random, point, 1))
}

/// $n$ points of the product of `n_features` Cantor sets, of dimension `n_features` times $\log 2 / \log 3 = 0.631$.
///
/// # Errors
///
/// If `n_points` or `n_features` is 0.
pub fn cantor_dust(n_points: usize, n_features: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, n_features, seed, |random, point| thirds(random, point, 0))
}

fn triangle(random: &mut ChaCha8Rng, point: &mut [f64]) {
    const CORNERS: [[f64; 2]; 3] = [[0.0, 0.0], [1.0, 0.0], [0.5, 0.866_025_403_784_438_6]];
    for _ in 0..50 {
        let corner = CORNERS[random.random_range(0..3)];
        point.iter_mut().zip(corner).for_each(|(x, corner)| *x = f64::midpoint(*x, corner));
    }
}

/// A point whose ternary digits are drawn place by place, at most `n_middle` features having the middle digit at a place.
fn thirds(random: &mut ChaCha8Rng, point: &mut [f64], n_middle: usize) {
    // 34 ternary digits are as many as a double holds.
    for _ in 0..34 {
        let mut digits = [0_u32; 3];
        for chunk in point.chunks_mut(3) {
            loop {
                digits.fill_with(|| random.random_range(0..3));
                if digits[..chunk.len()].iter().filter(|digit| **digit == 1).count() <= n_middle {
                    break;
                }
            }
            chunk.iter_mut().zip(digits).for_each(|(x, digit)| *x = (*x + f64::from(digit)) / 3.0);
        }
    }
}

pub(super) const MANIFOLDS: [Manifold; 5] = [
    Manifold::new("cantor-set", 0.630_929_753_571_457_4, 1, |random, point| thirds(random, point, 0))
        .formula("ternary digits 0 and 2")
        .reference("falconer2003"),
    Manifold::new("cantor-dust", 1.261_859_507_142_914_9, 2, |random, point| thirds(random, point, 0))
        .formula("a product of two Cantor sets")
        .reference("falconer2003"),
    Manifold::new("sierpinski-triangle", 1.584_962_500_721_156, 2, triangle)
        .formula("x -> (x + corner) / 2, again and again")
        .reference("falconer2003"),
    Manifold::new("sierpinski-carpet", 1.892_789_260_714_372, 2, |random, point| thirds(random, point, 1))
        .formula("not both ternary digits of a place are 1")
        .reference("falconer2003"),
    Manifold::new("menger-sponge", 2.726_833_027_860_842, 3, |random, point| thirds(random, point, 1))
        .formula("at most one of the three ternary digits of a place is 1")
        .reference("falconer2003"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_centroid_of_the_triangle_is_that_of_its_corners() {
        let n = 20_000;
        let triangle = sierpinski_triangle(n, 1).unwrap();
        let height = triangle.points().map(|p| p[1]).sum::<f64>() / n as f64;
        assert!((height - 0.75_f64.sqrt() / 3.0).abs() < 0.01);
    }

    /// Boxes of side $3^{-2}$ that hold a point: the squared number of copies.
    fn n_boxes(cloud: &PointCloud<f64>) -> usize {
        let of = |p: &[f64]| p.iter().map(|x| (9.0 * x).floor().to_bits()).collect::<Vec<u64>>();
        cloud.points().map(of).collect::<BTreeSet<_>>().len()
    }

    #[test]
    fn the_copies_are_as_many_as_the_dimension_says() {
        assert_eq!(n_boxes(&cantor_dust(2000, 1, 1).unwrap()), 2 * 2);
        assert_eq!(n_boxes(&cantor_dust(2000, 2, 1).unwrap()), 4 * 4);
        assert_eq!(n_boxes(&cantor_dust(20_000, 4, 1).unwrap()), 16 * 16);
        assert_eq!(n_boxes(&sierpinski_carpet(5000, 1).unwrap()), 8 * 8);
        assert_eq!(n_boxes(&menger_sponge(20_000, 1).unwrap()), 20 * 20);
        let logarithms: [(f64, f64); 5] = [(2.0, 3.0), (4.0, 3.0), (3.0, 2.0), (8.0, 3.0), (20.0, 3.0)];
        for (manifold, (copies, scale)) in MANIFOLDS.iter().zip(logarithms) {
            let dimension = copies.ln() / scale.ln();
            assert!((manifold.intrinsic_dimension() - dimension).abs() < 1e-12, "{}", manifold.name());
        }
    }

    #[test]
    fn no_features_is_an_error() {
        assert!(cantor_dust(3, 0, 0).is_err());
    }
}
