//! Distances to clouds and logistic regression as scikit-learn gives them.

use serde::Deserialize;
use topolens::statistics::logistic_regression;
use topolens::{Lid, Mahalanobis, PointCloud, neighbor_distances};

use crate::testdata::json;

#[derive(Deserialize)]
struct Reference {
    points: Vec<f64>,
    labels: Vec<usize>,
    queries: Vec<f64>,
    mahalanobis: Vec<f64>,
    neighbor_distances: Vec<Vec<f64>>,
    is_positive: Vec<bool>,
    logistic: Vec<Fit>,
}

#[derive(Deserialize)]
struct Fit {
    inverse_penalty: f64,
    intercept: f64,
    coefficients: Vec<f64>,
    probabilities: Vec<f64>,
}

fn near(what: &str, got: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    for (got, wanted) in got.iter().zip(wanted) {
        assert!(
            (got - wanted).abs() <= tolerance * wanted.abs().max(1.0),
            "{what}: {got}, expected {wanted}"
        );
    }
}

#[test]
fn distances_are_those_of_scikit_learn() {
    let Reference { points, labels, queries, mahalanobis, neighbor_distances: expected, .. } =
        json("novelty/novelty.json");
    let cloud = PointCloud::new(points, 60, 4).unwrap();
    let queries = PointCloud::new(queries, 10, 4).unwrap();
    let fit = Mahalanobis::fit(&cloud, &labels).unwrap();
    near("mahalanobis", &fit.distances(&queries).unwrap(), &mahalanobis, 1e-9);
    for (got, wanted) in neighbor_distances(&queries, &cloud, 5, None).unwrap().iter().zip(&expected) {
        near("neighbours", got, wanted, 1e-12);
        let logs: f64 = wanted.iter().map(|distance| (wanted[4] / distance).ln()).sum();
        near("lid", &[Lid::of_distances(got)], &[5.0 / logs], 1e-9);
    }
}

#[test]
fn regressions_are_those_of_scikit_learn() {
    let Reference { points, queries, is_positive, logistic, .. } = json("novelty/novelty.json");
    for expected in logistic {
        let fit = logistic_regression(&points, &is_positive, expected.inverse_penalty).unwrap();
        near("intercept", &[fit.intercept], &[expected.intercept], 1e-5);
        near("coefficients", &fit.coefficients, &expected.coefficients, 1e-5);
        let probabilities: Vec<f64> =
            queries.chunks_exact(4).map(|row| fit.probability(row).unwrap()).collect();
        near("probabilities", &probabilities, &expected.probabilities, 1e-5);
    }
}

#[test]
fn what_cannot_be_told_apart_or_is_apart_has_a_fit() {
    let apart = logistic_regression(&[0.0, 1.0, 10.0, 11.0], &[false, false, true, true], 1e6).unwrap();
    assert!(apart.probability(&[10.0]).unwrap() > 0.99 && apart.probability(&[1.0]).unwrap() < 0.01);
    let constant = logistic_regression(&[3.0; 4], &[false, true, true, true], 1.0).unwrap();
    near("share", &[constant.probability(&[3.0]).unwrap()], &[0.75], 1e-6);
    let fails = |features: &[f64], is_positive: &[bool], inverse_penalty: f64, word: &str| {
        let message = logistic_regression(features, is_positive, inverse_penalty).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    };
    fails(&[1.0, 2.0], &[true, true], 1.0, "each kind");
    fails(&[], &[true, false], 1.0, "features");
    fails(&[1.0, f64::NAN], &[true, false], 1.0, "features");
    fails(&[1.0, 2.0], &[true, false], 0.0, "inverse_penalty");
}
