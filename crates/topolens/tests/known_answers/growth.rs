//! Bands of estimates for 3000 points, simulated by independent programs.

use topolens::{PersistentDimension, PointCloud, TwoNn, synthetic};

fn assert_within(name: &str, got: f64, expected: f64, relative: f64) {
    assert!((got / expected - 1.0).abs() < relative, "{name}: {got}, expected {expected} within {relative}");
}

fn persistent(cloud: &PointCloud<f64>) -> f64 {
    PersistentDimension::new().estimate(cloud).unwrap().estimate.value
}

fn two_nn(cloud: &PointCloud<f64>) -> f64 {
    TwoNn::new().estimate(cloud).unwrap().value
}

#[test]
fn cubes() {
    for (dimension, expected_two_nn, expected_persistent) in [(2, 2.06, 2.00), (5, 4.82, 4.69), (10, 8.46, 8.65)] {
        let cube = synthetic::uniform_cube(3000, dimension, 1).unwrap();
        assert_within("two-nn", two_nn(&cube), expected_two_nn, 0.04);
        assert_within("ph-dimension", persistent(&cube), expected_persistent, 0.05);
    }
}

#[test]
fn a_sphere_a_gaussian_a_roll_and_a_fractal() {
    let sphere = synthetic::sphere(3000, 10, 1).unwrap();
    assert_within("sphere two-nn", two_nn(&sphere), 9.41, 0.04);
    assert_within("sphere ph-dimension", persistent(&sphere), 9.28, 0.05);
    let gaussian = synthetic::gaussian(3000, 20, 1).unwrap();
    assert_within("gaussian two-nn", two_nn(&gaussian), 16.9, 0.08);
    assert_within("gaussian ph-dimension", persistent(&gaussian), 16.4, 0.08);
    let roll = synthetic::swiss_roll(3000, 1).unwrap();
    assert_within("roll two-nn", two_nn(&roll), 2.02, 0.04);
    assert_within("roll ph-dimension", persistent(&roll), 1.98, 0.05);
    let triangle = synthetic::sierpinski_triangle(3000, 1).unwrap();
    assert_within("triangle ph-dimension", persistent(&triangle), 1.597, 0.03 / 1.597);
}

#[test]
fn the_exponent_does_not_change_the_dimension() {
    let cube = synthetic::uniform_cube(3000, 5, 1).unwrap();
    let at_one = persistent(&cube);
    for alpha in [0.5, 2.0, 3.0] {
        let fit = PersistentDimension::new().alpha(alpha).estimate(&cube).unwrap();
        assert_within("ph-dimension", fit.estimate.value, at_one, 0.07);
    }
}

#[test]
fn loops_of_the_plane_give_dimension_two() {
    let square = synthetic::clifford_torus(1500, 1).unwrap();
    let fit = PersistentDimension::new().homology_dimension(1).repeats(2).estimate(&square).unwrap();
    assert_within("ph-dimension of loops", fit.estimate.value, 2.0, 0.015);
}
