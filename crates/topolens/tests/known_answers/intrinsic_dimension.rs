//! Estimates of scikit-dimension on the same clouds.

use std::collections::BTreeMap;

use serde::Deserialize;
use topolens::{Mle, PointCloud, TwoNn};

use crate::testdata::{cloud, json};

#[derive(Deserialize)]
struct Estimates {
    clouds: BTreeMap<String, Cloud>,
}

#[derive(Deserialize)]
struct Cloud {
    n: usize,
    estimates: BTreeMap<String, f64>,
}

fn assert_close(name: &str, got: f64, expected: f64) {
    assert!((got / expected - 1.0).abs() < 1e-3, "{name}: {got}, expected {expected}");
}

#[test]
fn two_nn_and_mle_equal_scikit_dimension() {
    let reference: Estimates = json("intrinsic_dimension/estimates.json");
    assert_eq!(reference.clouds.len(), 6);
    for (name, expected) in reference.clouds {
        let points = cloud::<f64>(&format!("intrinsic_dimension/{name}.npy"));
        assert_eq!(points.n_points(), expected.n);
        assert_close(&name, TwoNn::new().estimate(&points).unwrap().value, expected.estimates["TwoNN"]);
        assert_close(&name, Mle::new().estimate(&points).unwrap().value, expected.estimates["MLE_k20"]);
    }
}

#[test]
fn mle_of_the_ball_equals_the_published_variants() {
    let ball = cloud::<f64>("intrinsic_dimension/ball5_in_10_n30.npy");
    let five = Mle::new().n_neighbors(5).estimate(&ball).unwrap();
    assert_close("5 neighbours", five.value, 4.350_132_038_093_711);
    let unbiased = Mle::new().unbiased(true).estimate(&ball).unwrap();
    assert_close("unbiased", unbiased.value, 3.165_311_207_859_604_6);
}

/// All points of a regular polygon have two equally near neighbours; their computed ratios differ by rounding only.
#[test]
fn ratios_that_differ_by_rounding_give_no_dimension() {
    let angles = (0..200).map(|i| f64::from(i) * std::f64::consts::TAU / 200.0);
    let polygon = PointCloud::new(angles.flat_map(|angle| [angle.cos(), angle.sin()]).collect(), 200, 2);
    let error = TwoNn::new().estimate(&polygon.unwrap()).unwrap_err();
    assert!(error.is_undefined(), "{error}");
}
