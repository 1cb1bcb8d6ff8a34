//! Manifolds of the benchmarks that nonlinear maps embed in more features.

use std::f64::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1};

use super::registry::Manifold;
use super::sample::normal;

/// $(p_{i+1} \cos 2\pi p_i, p_{i+1} \sin 2\pi p_i)$ with indices modulo D, written as often as there is room.
fn wound<const D: usize>(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let p: [f64; D] = std::array::from_fn(|_| random.random());
    for copy in point.chunks_exact_mut(2 * D) {
        for (i, pair) in copy.chunks_exact_mut(2).enumerate() {
            let ((sine, cosine), radius) = ((TAU * p[i]).sin_cos(), p[(i + 1) % D]);
            pair.copy_from_slice(&[radius * cosine, radius * sine]);
        }
    }
}

fn four_in_six(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let [p0, p1, p2, p3]: [f64; 4] = std::array::from_fn(|_| random.random());
    point.copy_from_slice(&[
        p1.powi(2) * (TAU * p0).cos(),
        p2.powi(2) * (TAU * p0).sin(),
        p1 + p2 + (p1 - p3).powi(2),
        p1 - 2.0 * p2 + (p0 - p3).powi(2),
        -p1 - 2.0 * p2 + (p2 - p3).powi(2),
        p0.powi(2) - p1.powi(2) + p2.powi(2) - p3.powi(2),
    ]);
}

/// $\tan(x_i \cos x_{D-i})$ and $\arctan(x_{D-i} \sin x_i)$, both twice.
fn tangents<const D: usize>(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let x: [f64; D] = std::array::from_fn(|_| random.random());
    twice(point, |i| (x[i] * x[D - 1 - i].cos()).tan(), |i| (x[D - 1 - i] * x[i].sin()).atan());
}

/// $x \sin \cos 2\pi x$ and $x \cos \sin 2\pi x$, both twice, with $x$ of the distribution Beta(10, 1/2).
fn dense_at_one<const D: usize>(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let x: [f64; D] = std::array::from_fn(|_| beta(random));
    twice(point, |i| x[i] * (TAU * x[i]).cos().sin(), |i| x[i] * (TAU * x[i]).sin().cos());
}

/// Beta(10, 1/2) as $G / (G + H)$: a gamma variable of shape 10 is a sum of exponentials, one of shape 1/2 half a squared normal.
fn beta(random: &mut ChaCha8Rng) -> f64 {
    let ten: f64 = (0..10).map(|_| exponential(random)).sum();
    let half = normal(random).powi(2) / 2.0;
    ten / (ten + half)
}

fn exponential(random: &mut ChaCha8Rng) -> f64 {
    Exp1.sample(random)
}

fn twice(point: &mut [f64], first: impl Fn(usize) -> f64, second: impl Fn(usize) -> f64) {
    let dimension = point.len() / 4;
    for half in point.chunks_exact_mut(2 * dimension) {
        for i in 0..dimension {
            (half[i], half[dimension + i]) = (first(i), second(i));
        }
    }
}

/// Burr variables $x$, $|x|^2$ with them, and the sines and squares of all.
fn paraboloid(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let (graph, images) = point.split_at_mut(point.len() / 3);
    let (sines, squares) = images.split_at_mut(graph.len());
    let shared = exponential(random);
    let mut norm = 0.0;
    if let Some((last, burr)) = graph.split_last_mut() {
        for x in burr {
            *x = 1.0 / (1.0 + exponential(random) / shared);
            norm += *x * *x;
        }
        *last = norm;
    }
    for ((x, sine), square) in graph.iter().zip(sines).zip(squares) {
        (*sine, *square) = (x.sin(), x * x);
    }
}

const fn winding<const D: usize>(name: &'static str, n_features: usize) -> Manifold {
    Manifold::new(name, D as f64, n_features, wound::<D>)
        .formula("(p_(i+1) cos 2 pi p_i, p_(i+1) sin 2 pi p_i), p uniform in [0, 1]^d, repeated")
        .reference("hein2005")
}

const fn tangent<const D: usize>(name: &'static str) -> Manifold {
    Manifold::new(name, D as f64, 4 * D, tangents::<D>)
        .formula("(tan(x_i cos x_(d+1-i)), arctan(x_(d+1-i) sin x_i)), x uniform in [0, 1]^d, repeated")
        .reference("campadelli2015")
}

const fn burr(name: &'static str, dimension: usize) -> Manifold {
    Manifold::new(name, dimension as f64, 3 * (dimension + 1), paraboloid)
        .formula("y, sin y and y^2 of y = (x, |x|^2), x_i = 1 / (1 + e_i / e_0), e exponential")
        .reference("campadelli2015")
}

pub(super) const MANIFOLDS: [Manifold; 13] = [
    Manifold::new("nonlinear-4-to-6", 4.0, 6, four_in_six)
        .formula("six quadratic and trigonometric functions of p uniform in [0, 1]^4")
        .reference("hein2005")
        .benchmark("M3"),
    winding::<4>("nonlinear-4", 8).benchmark("M4"),
    winding::<6>("nonlinear-6", 36).benchmark("M6"),
    winding::<8>("nonlinear-8", 64),
    winding::<12>("nonlinear-12", 72).benchmark("M8"),
    Manifold::new("beta-10", 10.0, 40, dense_at_one::<10>)
        .formula("(x sin cos 2 pi x, x cos sin 2 pi x), x of Beta(10, 1/2), repeated")
        .reference("campadelli2015")
        .benchmark("Mbeta"),
    tangent::<18>("tangent-18").benchmark("Mn1"),
    tangent::<24>("tangent-24").benchmark("Mn2"),
    burr("paraboloid-3", 3).benchmark("Mp1"),
    burr("paraboloid-6", 6).benchmark("Mp2"),
    burr("paraboloid-9", 9).benchmark("Mp3"),
    burr("paraboloid-12", 12),
    burr("paraboloid-15", 15),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;

    fn point(index: usize) -> Vec<f64> {
        MANIFOLDS[index].sample(1, 5).unwrap().point(0).to_vec()
    }

    #[test]
    fn wound_points_repeat_and_keep_their_radii() {
        let cloud = MANIFOLDS[2].sample(200, 1).unwrap();
        for p in cloud.points() {
            assert_eq!(p[..12], p[24..]);
            for i in 0..6 {
                // The angle of a pair is 2 pi times the radius of the pair before it.
                let before = p[2 * ((i + 5) % 6)].hypot(p[2 * ((i + 5) % 6) + 1]);
                let angle = p[2 * i + 1].atan2(p[2 * i]).rem_euclid(TAU);
                assert!((angle - TAU * before).abs() < 1e-9, "{angle} {before}");
            }
        }
    }

    #[test]
    fn four_parameters_give_six_features() {
        let p = point(0);
        let mut random = generator(5, 0);
        let [p0, p1, p2, p3]: [f64; 4] = std::array::from_fn(|_| random.random());
        // Sums in which the parameters cancel: f3 - f4 and f4 - f5.
        assert!((p[2] - p[3] - (3.0 * p2 + (p1 - p3).powi(2) - (p0 - p3).powi(2))).abs() < 1e-12);
        assert!((p[3] - p[4] - (2.0 * p1 + (p0 - p3).powi(2) - (p2 - p3).powi(2))).abs() < 1e-12);
        assert!((p[5] - (p0 * p0 - p1 * p1 + p2 * p2 - p3 * p3)).abs() < 1e-12);
        assert!(((p[0] / (p1 * p1)).hypot(p[1] / (p2 * p2)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn beta_variables_have_the_moments_of_the_distribution() {
        let mut random = generator(1, 0);
        let x: Vec<f64> = (0..20_000).map(|_| beta(&mut random)).collect();
        // a/(a+b) and ab/((a+b)^2 (a+b+1)) with a = 10, b = 1/2.
        let mean = x.iter().sum::<f64>() / 20_000.0;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!((mean - 10.0 / 10.5).abs() < 0.002, "{mean}");
        assert!((variance / (5.0 / (10.5 * 10.5 * 11.5)) - 1.0).abs() < 0.05, "{variance}");
    }

    #[test]
    fn repeated_maps_repeat() {
        for index in [5, 6, 7] {
            let p = point(index);
            assert_eq!(p[..p.len() / 2], p[p.len() / 2..]);
        }
        let mut random = generator(5, 0);
        let x: [f64; 18] = std::array::from_fn(|_| random.random());
        let p = point(6);
        assert!((p[3].atan() - x[3] * x[14].cos()).abs() < 1e-12);
        assert!((p[18 + 3].tan() - x[14] * x[3].sin()).abs() < 1e-12);
        let mut random = generator(5, 0);
        let x: [f64; 10] = std::array::from_fn(|_| beta(&mut random));
        let p = point(5);
        assert!((p[4] - x[4] * (TAU * x[4]).cos().sin()).abs() < 1e-12);
        assert!((p[14] - x[4] * (TAU * x[4]).sin().cos()).abs() < 1e-12);
    }

    #[test]
    fn a_paraboloid_is_a_graph_with_sines_and_squares() {
        let cloud = MANIFOLDS[9].sample(4000, 2).unwrap();
        for p in cloud.points() {
            assert!((p[6] - p[..6].iter().map(|x| x * x).sum::<f64>()).abs() < 1e-12);
            assert!((0..7).all(|i| p[7 + i] == p[i].sin() && p[14 + i] == p[i] * p[i]));
        }
        // Each x alone is uniform: a ratio of two exponentials.
        let mean = cloud.points().map(|p| p[0]).sum::<f64>() / 4000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }
}
