//! Surfaces: ruled, one-sided and without an inside.

use std::f64::consts::{PI, TAU};

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::registry::Manifold;
use super::sample::{direction, sample};
use crate::PointCloud;
use crate::error::Error;

/// $n$ points of the Möbius strip in $\mathbb{R}^3$: a band of width 1 around the unit circle, with one half twist, both
/// parameters uniform.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn moebius_strip(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 3, seed, |random, point| band(random, point, 0.5))
}

/// $n$ points of the Klein bottle
/// $((2 + \cos v) \cos u, (2 + \cos v) \sin u, \sin v \cos \frac u2, \sin v \sin \frac u2)$ in $\mathbb{R}^4$, both angles
/// uniform.
///
/// Its first homology has rank 2 over $\mathbb{Z}/2$ and rank 1 over every other field.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn klein_bottle(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 4, seed, bottle)
}

/// $n$ points of the projective plane in $\mathbb{R}^4$: the image of the uniform unit sphere under
/// $(x, y, z) \mapsto (xy, xz, y^2 - z^2, 2yz)$, which takes opposite points to one.
///
/// Its first homology has rank 1 over $\mathbb{Z}/2$ and rank 0 over every other field.
///
/// # Errors
///
/// If `n_points` is 0.
pub fn projective_plane(n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
    sample(n_points, 4, seed, plane)
}

fn band(random: &mut ChaCha8Rng, point: &mut [f64], n_twists: f64) {
    let angle = TAU * random.random::<f64>();
    let across = random.random::<f64>() - 0.5;
    let radius = 1.0 + across * (n_twists * angle).cos();
    point.copy_from_slice(&[radius * angle.cos(), radius * angle.sin(), across * (n_twists * angle).sin()]);
}

fn bottle(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let u = TAU * random.random::<f64>();
    let (sine, cosine) = (TAU * random.random::<f64>()).sin_cos();
    let radius = 2.0 + cosine;
    let half = u / 2.0;
    point.copy_from_slice(&[radius * u.cos(), radius * u.sin(), sine * half.cos(), sine * half.sin()]);
}

fn plane(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let mut on_sphere = [0.0; 3];
    direction(random, &mut on_sphere);
    let [x, y, z] = on_sphere;
    point.copy_from_slice(&[x * y, x * z, y * y - z * z, 2.0 * y * z]);
}

fn staircase(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let radius = 10.0 * PI * random.random::<f64>();
    let angle = 10.0 * PI * random.random::<f64>();
    point.copy_from_slice(&[radius * angle.cos(), radius * angle.sin(), angle / 2.0]);
}

fn lemniscate_cylinder(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let height = TAU * random.random::<f64>();
    let (sine, cosine) = (5.0 * PI * random.random::<f64>()).sin_cos();
    point.copy_from_slice(&[cosine, sine * cosine, height]);
}

/// Two names of the literature mislead: its "helicoid" is a cylinder over a figure of eight, and the "Möbius band" with
/// ten half twists has two sides.
pub(super) const MANIFOLDS: [Manifold; 6] = [
    Manifold::new("helix-2", 2.0, 3, staircase)
        .formula("(r cos p, r sin p, p/2), r and p in [0, 10 pi]")
        .reference("hein2005")
        .benchmark("M5b"),
    Manifold::new("helicoid", 2.0, 3, lemniscate_cylinder)
        .formula("(cos v, sin v cos v, u), u in [0, 2 pi], v in [0, 5 pi]")
        .reference("gomtsyan2019"),
    Manifold::new("moebius", 2.0, 3, |random, point| band(random, point, 5.0))
        .formula("((1 + r cos 5p) cos p, (1 + r cos 5p) sin p, r sin 5p), p in [0, 2 pi], r in [-1/2, 1/2]")
        .reference("hein2005")
        .benchmark("M11"),
    Manifold::new("moebius-strip", 2.0, 3, |random, point| band(random, point, 0.5))
        .formula(
            "((1 + r cos p/2) cos p, (1 + r cos p/2) sin p, r sin p/2), p in [0, 2 pi], r in [-1/2, 1/2]",
        )
        .reference("hein2005"),
    Manifold::new("klein-bottle", 2.0, 4, bottle)
        .formula("((2 + cos v) cos u, (2 + cos v) sin u, sin v cos u/2, sin v sin u/2)")
        .reference("carlsson2008"),
    Manifold::new("projective-plane", 2.0, 4, plane)
        .formula("(xy, xz, y^2 - z^2, 2yz), |(x, y, z)| = 1")
        .reference("carlsson2008"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DistanceMatrix, VietorisRips};

    /// The lifespans of dimension 1, longest first.
    fn loops(cloud: &PointCloud<f64>, modulus: u32) -> Vec<f64> {
        let distances = DistanceMatrix::from_cloud(cloud);
        let diagrams = VietorisRips::new().modulus(modulus).diagrams(&distances).unwrap();
        let mut lifespans: Vec<f64> = diagrams[1].intervals().iter().map(|i| i.death - i.birth).collect();
        lifespans.sort_unstable_by(|a, b| b.total_cmp(a));
        lifespans
    }

    #[test]
    fn torsion_shows_over_one_field_only() {
        let plane = projective_plane(400, 1).unwrap();
        let (two, three) = (loops(&plane, 2), loops(&plane, 3));
        assert!(two[0] > 2.0 * two[1], "{:?}", &two[..3]);
        assert!(three[0] < 0.6 * two[0], "{:?}", &three[..3]);
        let bottle = klein_bottle(1000, 1).unwrap();
        let (two, three) = (loops(&bottle, 2), loops(&bottle, 3));
        assert!(two[1] > 1.5 * two[2], "{:?}", &two[..4]);
        assert!(three[0] > 1.5 * three[1], "{:?}", &three[..4]);
    }

    #[test]
    fn points_satisfy_their_equations() {
        let bottle = klein_bottle(300, 1).unwrap();
        assert!(
            bottle.points().all(|p| ((p[0].hypot(p[1]) - 2.0).hypot(p[2].hypot(p[3])) - 1.0).abs() < 1e-12)
        );
        let figure_of_eight = MANIFOLDS[1].sample(300, 1).unwrap();
        // Gerono's lemniscate: y^2 = x^2 (1 - x^2).
        let off = |p: &[f64]| p[1] * p[1] - p[0] * p[0] * (1.0 - p[0] * p[0]);
        assert!(figure_of_eight.points().all(|p| off(p).abs() < 1e-12));
        let stairs = MANIFOLDS[0].sample(300, 1).unwrap();
        assert!(
            stairs.points().all(|p| (p[0] * (2.0 * p[2]).sin() - p[1] * (2.0 * p[2]).cos()).abs() < 1e-9)
        );
    }

    #[test]
    fn one_half_twist_turns_the_band_over() {
        for (manifold, half_twist) in [(MANIFOLDS[3], 0.5), (MANIFOLDS[2], 5.0)] {
            let cloud = manifold.sample(300, 1).unwrap();
            let off = |p: &[f64]| {
                let angle = half_twist * p[1].atan2(p[0]).rem_euclid(TAU);
                (p[0].hypot(p[1]) - 1.0) * angle.sin() - p[2] * angle.cos()
            };
            assert!(cloud.points().all(|p| off(p).abs() < 1e-12), "{}", manifold.name());
            assert!(cloud.points().all(|p| (p[0].hypot(p[1]) - 1.0).hypot(p[2]) < 0.5));
        }
    }
}
