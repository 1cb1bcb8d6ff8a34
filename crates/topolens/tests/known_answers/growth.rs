//! Bands of estimates for 3000 points, simulated by independent programs.

use topolens::{PersistentDimension, PointCloud, TwoNn, synthetic};

fn assert_within(name: &str, got: f64, expected: f64, relative: f64) {
    assert!((got / expected - 1.0).abs() < relative, "{name}: {got}, expected {expected} within {relative}");
}

type Sample = fn(u64) -> Result<PointCloud<f64>, topolens::Error>;

fn mean_over_seeds(n_seeds: u64, estimate: impl Fn(u64) -> f64) -> f64 {
    (0..n_seeds).map(estimate).sum::<f64>() / n_seeds as f64
}

fn persistent(sample: Sample) -> f64 {
    let of = |cloud| PersistentDimension::new().repeats(1).estimate(&cloud).unwrap();
    mean_over_seeds(2, |seed| of(sample(seed).unwrap()).estimate.value)
}

fn two_nn(sample: Sample) -> f64 {
    mean_over_seeds(8, |seed| TwoNn::new().estimate(&sample(seed).unwrap()).unwrap().value)
}

#[test]
fn cubes() {
    let cubes: [(Sample, f64, f64); 3] = [
        (|seed| synthetic::uniform_cube(3000, 2, seed), 2.06, 2.00),
        (|seed| synthetic::uniform_cube(3000, 5, seed), 4.82, 4.69),
        (|seed| synthetic::uniform_cube(3000, 10, seed), 8.46, 8.65),
    ];
    for (cube, expected_two_nn, expected_persistent) in cubes {
        assert_within("two-nn", two_nn(cube), expected_two_nn, 0.04);
        assert_within("ph-dimension", persistent(cube), expected_persistent, 0.05);
    }
}

#[test]
fn a_sphere_a_gaussian_and_a_roll() {
    let clouds: [(&str, Sample, f64, f64, f64); 3] = [
        ("sphere", |seed| synthetic::sphere(3000, 10, seed), 9.41, 9.28, 0.05),
        ("gaussian", |seed| synthetic::gaussian(3000, 20, seed), 16.9, 16.4, 0.08),
        ("roll", |seed| synthetic::swiss_roll(3000, seed), 2.02, 1.98, 0.05),
    ];
    for (name, sample, expected_two_nn, expected_persistent, relative) in clouds {
        assert_within(name, two_nn(sample), expected_two_nn, 0.04_f64.max(relative - 0.01));
        assert_within(name, persistent(sample), expected_persistent, relative);
    }
}

#[test]
fn the_sierpinski_triangle_is_a_fractal() {
    let dimension = persistent(|seed| synthetic::sierpinski_triangle(3000, seed));
    assert!((dimension - 1.597).abs() < 0.03, "{dimension}");
}

#[test]
fn the_exponent_does_not_change_the_dimension() {
    let cube = synthetic::uniform_cube(3000, 5, 1).unwrap();
    let at =
        |alpha| PersistentDimension::new().alpha(alpha).repeats(2).estimate(&cube).unwrap().estimate.value;
    for alpha in [0.5, 2.0, 3.0] {
        assert_within("ph-dimension", at(alpha), at(1.0), 0.07);
    }
}
