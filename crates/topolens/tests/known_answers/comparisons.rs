//! Comparisons of two clouds, as other programs and publications find them.

use serde::Deserialize;
use topolens::{
    MTopDivergence, PointCloud, RepresentationTopologyDivergence, canonical_correlations,
    information_imbalance, linear_cka, neighborhood_overlap, procrustes_distance, rbf_cka, svcca, synthetic,
};

use crate::testdata::json;

#[derive(Deserialize)]
struct Canonical {
    correlations: Vec<f64>,
    projection_weighted: f64,
}

#[derive(Deserialize)]
struct Reference {
    x: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
    other: Vec<Vec<f64>>,
    linear_cka: (f64, f64),
    rbf_cka: (f64, f64),
    cca: Canonical,
    svcca: Canonical,
    procrustes: f64,
    rtd: (f64, f64),
    mtop_div: (f64, f64),
    overlap_of_7: f64,
    information_imbalance: (f64, f64),
}

fn cloud(points: &[Vec<f64>]) -> PointCloud<f64> {
    PointCloud::new(points.concat(), points.len(), points[0].len()).unwrap()
}

#[track_caller]
fn assert_near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() < tolerance, "{found} {expected}");
}

#[test]
fn kernel_alignments_equal_those_by_the_centring_matrix() {
    let reference: Reference = json("comparisons/pair.json");
    let (x, y) = (cloud(&reference.x), cloud(&reference.y));
    let pairs = [
        (linear_cka(&x, &y).unwrap(), reference.linear_cka),
        (rbf_cka(&x, &y, 0.5).unwrap(), reference.rbf_cka),
    ];
    for (found, (biased, debiased)) in pairs {
        assert_near(found.biased, biased, 1e-12);
        assert_near(found.debiased.unwrap(), debiased, 1e-12);
    }
}

#[test]
fn canonical_correlations_equal_those_by_qr() {
    let reference: Reference = json("comparisons/pair.json");
    let (x, y) = (cloud(&reference.x), cloud(&reference.y));
    let pairs = [
        (canonical_correlations(&x, &y).unwrap(), &reference.cca),
        (svcca(&x, &y, 0.9).unwrap(), &reference.svcca),
    ];
    for (found, expected) in pairs {
        assert_eq!(found.correlations.len(), expected.correlations.len());
        let each = found.correlations.iter().zip(&expected.correlations);
        each.for_each(|(found, expected)| assert_near(*found, *expected, 1e-12));
        assert_near(
            found.mean,
            expected.correlations.iter().sum::<f64>() / found.correlations.len() as f64,
            1e-12,
        );
    }
    assert_near(
        canonical_correlations(&x, &y).unwrap().projection_weighted,
        reference.cca.projection_weighted,
        1e-12,
    );
}

#[test]
fn the_procrustes_distance_equals_that_of_scipy() {
    let reference: Reference = json("comparisons/pair.json");
    let found = procrustes_distance(&cloud(&reference.x), &cloud(&reference.y)).unwrap();
    assert_near(found, reference.procrustes, 1e-12);
}

#[test]
fn topology_divergences_equal_those_of_ripser_in_both_directions_and_precisions() {
    // ripser computes in single precision.
    let reference: Reference = json("comparisons/pair.json");
    let (x, y, other) = (cloud(&reference.x), cloud(&reference.y), cloud(&reference.other));
    let single = y.values().iter().map(|&value| value as f32).collect();
    let single = PointCloud::new(single, y.n_points(), y.n_features()).unwrap();
    let rtd = RepresentationTopologyDivergence::new();
    for found in [rtd.estimate(&x, &y).unwrap(), rtd.estimate(&x, &single).unwrap()] {
        assert_near(found.forward, reference.rtd.0, 1e-5);
        assert_near(found.backward, reference.rtd.1, 1e-5);
        assert_near(found.value, f64::midpoint(reference.rtd.0, reference.rtd.1), 1e-5);
    }
    let found = MTopDivergence::new().estimate(&y, &other).unwrap();
    assert_near(found.forward, reference.mtop_div.0, 1e-5);
    assert_near(found.backward, reference.mtop_div.1, 1e-5);
}

#[test]
fn neighborhoods_equal_those_of_numpy_and_dadapy() {
    let reference: Reference = json("comparisons/pair.json");
    let (x, y) = (cloud(&reference.x), cloud(&reference.y));
    assert_near(neighborhood_overlap(&x, &y, 7).unwrap().value, reference.overlap_of_7, 1e-12);
    let imbalance = information_imbalance(&x, &y).unwrap();
    assert_near(imbalance.forward.value, reference.information_imbalance.0, 1e-12);
    assert_near(imbalance.backward.value, reference.information_imbalance.1, 1e-12);
}

#[test]
fn representation_topology_divergence_of_unrelated_squares_is_the_published_one() {
    let (x, y) = (synthetic::uniform_cube(1000, 2, 0).unwrap(), synthetic::uniform_cube(1000, 2, 1).unwrap());
    let found = RepresentationTopologyDivergence::new().estimate(&x, &y).unwrap();
    assert!((found.value / 35.552 - 1.0).abs() < 0.03, "{found:?}");
    assert!(found.lower.unwrap() < found.value && found.value < found.upper.unwrap());
}
