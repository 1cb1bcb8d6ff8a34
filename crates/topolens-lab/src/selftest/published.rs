//! The published table of the GeoMLE benchmark.

use serde::Deserialize;
use topolens::{Mle, MlePooling, synthetic};

use super::finding::Finding;
use crate::Result;
use crate::error::{Error, ErrorKind};

const TABLE: &str = include_str!("../../../../testdata/manifolds/geomle_mle.json");
/// One of each kind; the whole table is a test of the library.
const NAMES: [&str; 9] = [
    "sphere-10",
    "sphere-50",
    "uniform-10",
    "uniform-30",
    "norm-20",
    "affine-10",
    "roll",
    "moebius",
    "helix-1",
];
const N_DRAWS: u64 = 5;

#[derive(Deserialize)]
struct Published {
    manifold: String,
    n_features: usize,
    mean: f64,
}

pub(super) fn run(seed: u64) -> Result<Vec<Finding>> {
    let bad = || Error::new(ErrorKind::BadSelftest { name: "geomle_mle".to_owned() });
    let table: Vec<Published> = serde_json::from_str(TABLE).map_err(|_| bad())?;
    let mle = Mle::new().n_neighbors_range(20..=55).unbiased(true).pooling(MlePooling::Mean);
    let mut findings = Vec::new();
    for row in table.iter().filter(|row| NAMES.contains(&row.manifold.as_str())) {
        let manifold = synthetic::manifold(&row.manifold).ok_or_else(bad)?;
        let mut sum = 0.0;
        for draw in 0..N_DRAWS {
            sum += mle.estimate(&manifold.sample_in(1000, row.n_features, seed.wrapping_add(draw))?)?.value;
        }
        let what = format!("mle of {} in {} features", row.manifold, row.n_features);
        findings.push(Finding::relative(what, row.mean, 0.015, sum / N_DRAWS as f64));
    }
    Ok(findings)
}
