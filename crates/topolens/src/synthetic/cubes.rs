//! Cubes, full and hollow, and other flat pieces.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::registry::Manifold;
use super::sample::sample;
use crate::PointCloud;
use crate::error::Error;

/// $n$ uniform points of the cube $[0, 1]^d$.
///
/// # Errors
///
/// If `n_points` or `dimension` is 0.
pub fn uniform_cube(n_points: usize, dimension: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, dimension, seed, uniform)
}

/// $n$ uniform points of the boundary of the cube $[0, 1]^{d+1}$, of dimension $d$.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn cube_boundary(n_points: usize, dimension: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, dimension + 1, seed, on_a_side)
}

fn uniform(random: &mut ChaCha8Rng, point: &mut [f64]) {
    point.fill_with(|| random.random());
}

fn on_a_side(random: &mut ChaCha8Rng, point: &mut [f64]) {
    uniform(random, point);
    let side = random.random_range(0..2 * point.len());
    point[side / 2] = (side % 2) as f64;
}

fn wide(random: &mut ChaCha8Rng, point: &mut [f64]) {
    point.fill_with(|| 5.0 * random.random::<f64>() - 2.5);
}

fn three_in_five(random: &mut ChaCha8Rng, point: &mut [f64]) {
    const MAP: [[f64; 3]; 5] =
        [[1.2, -0.5, 0.0], [0.5, 0.9, 0.0], [-0.5, -0.2, 1.0], [0.4, -0.9, -0.1], [1.1, -0.3, 0.0]];
    const SHIFT: [f64; 5] = [3.0, -1.0, 0.0, 0.0, 8.0];
    let p: [f64; 3] = std::array::from_fn(|_| 4.0 * random.random::<f64>());
    for ((x, row), shift) in point.iter_mut().zip(MAP).zip(SHIFT) {
        *x = shift + row.iter().zip(p).map(|(a, p)| a * p).sum::<f64>();
    }
}

const fn full(name: &'static str, dimension: usize) -> Manifold {
    Manifold::new(name, dimension as f64, dimension, uniform).formula("[0, 1]^d").reference("gomtsyan2019")
}

const fn hollow(name: &'static str, dimension: usize) -> Manifold {
    Manifold::new(name, dimension as f64, dimension + 1, on_a_side)
        .formula("boundary of [0, 1]^(d+1)")
        .reference("hein2005")
}

const fn affine(name: &'static str, dimension: usize) -> Manifold {
    Manifold::new(name, dimension as f64, dimension, wide).formula("[-2.5, 2.5]^d").reference("hein2005")
}

pub(super) const MANIFOLDS: [Manifold; 17] = [
    full("uniform-2", 2),
    full("uniform-5", 5),
    full("uniform-10", 10),
    full("uniform-20", 20),
    full("uniform-30", 30),
    full("uniform-50", 50),
    full("uniform-70", 70),
    hollow("cubic-3", 3),
    hollow("cubic-10", 10).benchmark("M10a"),
    hollow("cubic-17", 17).benchmark("M10b"),
    hollow("cubic-24", 24).benchmark("M10c"),
    hollow("cubic-30", 30),
    hollow("cubic-70", 70).benchmark("M10d"),
    affine("affine-5", 5),
    affine("affine-10", 10),
    affine("affine-20", 20).benchmark("M9"),
    Manifold::new("affine-3-to-5", 3.0, 5, three_in_five)
        .formula("A p + b, p uniform in [0, 4]^3")
        .reference("hein2005")
        .benchmark("M2"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_of_a_cube_gets_its_share() {
        let cloud = cube_boundary(6000, 2, 1).unwrap();
        for side in 0..6 {
            let at = (side % 2) as f64;
            let share = cloud.points().filter(|p| p[side / 2] == at).count();
            assert!((850..1150).contains(&share), "side {side}: {share} of 6000");
        }
        assert!(cloud.points().all(|p| p.iter().filter(|x| **x == 0.0 || **x == 1.0).count() == 1));
    }

    #[test]
    fn three_flat_features_span_five() {
        let manifold = MANIFOLDS[16];
        let cloud = manifold.sample(2000, 3).unwrap();
        // The mean of p is 2 in each feature: the rows of the map, summed and doubled, plus the shift.
        let expected = [4.4, 1.8, 0.6, -1.2, 9.6];
        for (feature, expected) in expected.into_iter().enumerate() {
            let mean = cloud.points().map(|p| p[feature]).sum::<f64>() / 2000.0;
            assert!((mean - expected).abs() < 0.12, "feature {feature}: {mean}, expected {expected}");
        }
    }

    #[test]
    fn no_points_is_an_error() {
        assert!(uniform_cube(3, 0, 0).is_err());
        assert!(cube_boundary(0, 2, 0).is_err());
    }
}
