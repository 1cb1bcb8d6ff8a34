//! Separation of classes as scikit-learn and definitions in numpy give it.

use serde::Deserialize;
use topolens::{
    PointCloud, class_manifolds, class_mean_geometry, class_silhouettes, davies_bouldin,
    nearest_mean_disagreement, neural_collapse, self_duality,
};

use crate::testdata::json;

#[derive(Deserialize)]
struct Reference {
    clouds: Vec<Labelled>,
}

#[derive(Deserialize)]
struct Labelled {
    name: String,
    points: Vec<f64>,
    labels: Vec<usize>,
    weights: Vec<f64>,
    biases: Vec<f64>,
    nc1: f64,
    length_variation: f64,
    angle_variation: f64,
    angle_offset: f64,
    nc3: f64,
    nc4: f64,
    davies_bouldin: f64,
    silhouettes: Vec<f64>,
    radii: Vec<f64>,
    dimensions: Vec<f64>,
}

#[test]
fn measures_are_those_of_scikit_learn_and_of_their_definitions() {
    let Reference { clouds } = json("separation/measures.json");
    assert_eq!(clouds.len(), 2);
    for expected in clouds {
        let Labelled { name, points, labels, weights, biases, .. } = expected;
        let near = |what: &str, got: f64, wanted: f64, tolerance: f64| {
            assert!(
                (got - wanted).abs() <= tolerance * wanted.abs(),
                "{name}, {what}: {got}, expected {wanted}"
            );
        };
        let width = points.len() / labels.len();
        let cloud = PointCloud::new(points, labels.len(), width).unwrap();
        let weights = PointCloud::new(weights, biases.len(), width).unwrap();
        near("nc1", neural_collapse(&cloud, &labels).unwrap(), expected.nc1, 1e-9);
        let means = class_mean_geometry(&cloud, &labels).unwrap();
        near("lengths", means.length_variation, expected.length_variation, 1e-10);
        near("angles", means.angle_variation, expected.angle_variation, 1e-10);
        near("offset", means.angle_offset, expected.angle_offset, 1e-10);
        near("nc3", self_duality(&cloud, &labels, &weights).unwrap(), expected.nc3, 1e-10);
        let nc4 = nearest_mean_disagreement(&cloud, &labels, &weights, &biases).unwrap();
        near("nc4", nc4, expected.nc4, 1e-12);
        assert!(nc4 > 0.0 || name == "wide");
        near("davies-bouldin", davies_bouldin(&cloud, &labels).unwrap(), expected.davies_bouldin, 1e-10);
        for (got, wanted) in class_silhouettes(&cloud, &labels).unwrap().iter().zip(&expected.silhouettes) {
            near("silhouette", *got, *wanted, 1e-8);
        }
        let classes = class_manifolds(&cloud, &labels).unwrap();
        for (class, (radius, dimension)) in
            classes.iter().zip(expected.radii.iter().zip(&expected.dimensions))
        {
            near("radius", class.radius, *radius, 1e-10);
            near("dimension", class.dimension, *dimension, 1e-10);
        }
    }
}
