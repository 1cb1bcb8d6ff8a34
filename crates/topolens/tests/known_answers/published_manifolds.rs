//! The published table of the GeoMLE benchmark (N = 1000, mean over k = 20..55 of the unbiased pointwise estimates).

use serde::Deserialize;
use topolens::{Mle, MlePooling, PointCloud, synthetic};

use crate::testdata::json;

fn mean_estimate(cloud: &PointCloud<f64>) -> f64 {
    let mle = Mle::new().n_neighbors_range(20..=55).unbiased(true).pooling(MlePooling::Mean);
    mle.estimate(cloud).unwrap().value
}

/// A row of the published table.
#[derive(Deserialize)]
struct Published {
    manifold: String,
    n_features: usize,
    mean: f64,
}

/// Five draws as published, but 40 of the nine-dimensional paraboloid, where five are too few for 1.5 %: single draws
/// spread by 1 %, and the published mean is 0.9 % below that of 40 draws of scikit-dimension's generator (4.848).
fn n_draws(manifold: &str) -> u64 {
    if manifold == "paraboloid-9" { 40 } else { 5 }
}

#[test]
fn mle_equals_the_published_table() {
    let table: Vec<Published> = json("manifolds/geomle_mle.json");
    assert_eq!(table.len(), 45);
    let mut missed = Vec::new();
    for Published { manifold, n_features, mean } in table {
        let found = synthetic::manifold(&manifold).unwrap();
        let of = |seed| mean_estimate(&found.sample_in(1000, n_features, seed).unwrap());
        let n_draws = n_draws(&manifold);
        let estimate = (0..n_draws).map(of).sum::<f64>() / n_draws as f64;
        if (estimate / mean - 1.0).abs() >= 0.015 {
            missed.push(format!("{manifold} in {n_features}: {estimate:.4}, published {mean}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
