//! Metrics, geodesic distances, landmarks and pairs, as other programs find them.

use serde::Deserialize;
use topolens::{
    Diagram, DistanceMatrix, Interval, Metric, PointCloud, SparseDistances, VietorisRips,
    furthest_point_landmarks, geodesic_distances,
};

use crate::testdata::json;

fn cloud(points: &[Vec<f64>]) -> PointCloud<f64> {
    PointCloud::new(points.concat(), points.len(), points[0].len()).unwrap()
}

/// Pairs (i, j) with i < j in the order of the fixtures.
fn pairs(n_points: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n_points).flat_map(move |i| (i + 1..n_points).map(move |j| (i, j)))
}

#[test]
fn metrics_equal_those_of_scipy_in_both_precisions() {
    #[derive(Deserialize)]
    struct Reference {
        points: Vec<Vec<f64>>,
        condensed: std::collections::BTreeMap<String, Vec<f64>>,
    }
    let reference: Reference = json("dissimilarities/metrics.json");
    let double = cloud(&reference.points);
    let values = double.values().iter().map(|&x| x as f32).collect();
    let single = PointCloud::new(values, double.n_points(), double.n_features()).unwrap();
    assert_eq!(reference.condensed.len(), Metric::ALL.len());
    for metric in Metric::ALL {
        let double = DistanceMatrix::from_cloud_with(&double, metric).unwrap();
        let single = DistanceMatrix::from_cloud_with(&single, metric).unwrap();
        for ((i, j), &expected) in pairs(double.n_points()).zip(&reference.condensed[metric.name()]) {
            let (found, rough) = (double.get(i, j), f64::from(single.get(i, j)));
            assert!((found / expected - 1.0).abs() < 1e-12, "{metric:?} {i} {j}: {found} {expected}");
            assert!((rough / expected - 1.0).abs() < 1e-5, "{metric:?} {i} {j}: {rough} {expected}");
        }
    }
}

#[test]
fn geodesic_distances_equal_those_of_scipy() {
    #[derive(Deserialize)]
    struct Reference {
        n_neighbors: usize,
        points: Vec<Vec<f64>>,
        condensed: Vec<Option<f64>>,
    }
    let reference: Reference = json("dissimilarities/geodesic.json");
    let cloud = cloud(&reference.points);
    let distances = geodesic_distances(&cloud, reference.n_neighbors).unwrap();
    for ((i, j), expected) in pairs(cloud.n_points()).zip(&reference.condensed) {
        match expected {
            Some(expected) => assert!((distances.get(i, j) - expected).abs() < 1e-12, "{i} {j}"),
            None => assert_eq!(distances.get(i, j), f64::INFINITY),
        }
    }
}

#[test]
fn landmarks_equal_those_of_gudhi() {
    #[derive(Deserialize)]
    struct Reference {
        points: Vec<Vec<f64>>,
        indices: Vec<usize>,
        covering_radius: f64,
    }
    let reference: Reference = json("dissimilarities/landmarks.json");
    let landmarks = furthest_point_landmarks(&cloud(&reference.points), reference.indices.len(), 0).unwrap();
    assert_eq!(landmarks.indices, reference.indices);
    assert!((landmarks.covering_radius - reference.covering_radius).abs() < 1e-12);
}

#[test]
fn diagrams_of_pairs_equal_those_of_gudhi() {
    #[derive(Deserialize)]
    struct Reference {
        n_points: usize,
        pairs: Vec<(usize, usize, f64)>,
        diagrams: Vec<Vec<(f64, Option<f64>)>>,
    }
    let reference: Reference = json("dissimilarities/pairs.json");
    let distances = SparseDistances::from_pairs(&reference.pairs, reference.n_points).unwrap().to_matrix();
    for max_homology_dimension in [1, 2] {
        let rips = VietorisRips::new().max_homology_dimension(max_homology_dimension);
        let diagrams = rips.diagrams(&distances).unwrap();
        for (dimension, expected) in reference.diagrams.iter().enumerate() {
            let interval = |&(birth, death): &(f64, Option<f64>)| Interval {
                birth,
                death: death.unwrap_or(f64::INFINITY),
            };
            assert_eq!(diagrams[dimension], Diagram::new(dimension, expected.iter().map(interval).collect()));
        }
    }
}
