//! Distances between diagrams and functions of diagrams, by other programs.

use std::collections::BTreeMap;

use serde::Deserialize;
use topolens::{
    Bottleneck, Diagram, Grid, GroundNorm, Interval, PersistenceImage, Wasserstein, bottleneck_distance,
};

use crate::testdata::json;

type Rows = Vec<(f64, Option<f64>)>;

#[derive(Deserialize)]
struct Distances {
    first: Rows,
    second: Rows,
    bottleneck: f64,
    wasserstein: Vec<Cost>,
}

#[derive(Deserialize)]
struct Cost {
    order: f64,
    is_euclidean: bool,
    distance: f64,
}

#[derive(Deserialize)]
struct Functions {
    intervals: Rows,
    grid: (f64, f64, usize),
    betti_curve: Vec<f64>,
    landscape: Vec<f64>,
    silhouette: Vec<f64>,
    image: Vec<f64>,
}

fn diagram(rows: &Rows) -> Diagram {
    let interval =
        |&(birth, death): &(f64, Option<f64>)| Interval { birth, death: death.unwrap_or(f64::INFINITY) };
    Diagram::new(0, rows.iter().map(interval).collect())
}

fn assert_near(name: &str, values: &[f64], expected: &[f64]) {
    assert_eq!(values.len(), expected.len(), "{name}");
    assert!(expected.iter().any(|value| *value > 0.0), "{name}");
    for (at, (value, expected)) in values.iter().zip(expected).enumerate() {
        assert!((value - expected).abs() < 1e-12, "{name}, {at}: {value}, expected {expected}");
    }
}

#[test]
fn distances_equal_the_references() {
    let references: BTreeMap<String, Distances> = json("diagrams/distances.json");
    assert_eq!(references.len(), 5);
    for (name, reference) in references {
        let (first, second) = (diagram(&reference.first), diagram(&reference.second));
        let bottleneck = bottleneck_distance(&first, &second).unwrap();
        let ratio = bottleneck / reference.bottleneck;
        assert!((ratio - 1.0).abs() < 1e-14, "{name}: {bottleneck}, expected {}", reference.bottleneck);
        let near = Bottleneck::new().relative_error(0.05).distance(&first, &second).unwrap();
        assert!((bottleneck..=1.05 * bottleneck).contains(&near), "{name}: {near}");
        for Cost { order, is_euclidean, distance } in reference.wasserstein {
            let norm = if is_euclidean { GroundNorm::Euclidean } else { GroundNorm::Maximum };
            let wasserstein = Wasserstein::new().order(order).ground_norm(norm);
            let exact = wasserstein.distance(&first, &second).unwrap();
            assert!((exact / distance - 1.0).abs() < 1e-12, "{name}, {order}: {exact}, expected {distance}");
            for error in [0.1, 0.001] {
                let near = wasserstein.clone().relative_error(error).distance(&first, &second).unwrap();
                let ratio = near / distance;
                assert!(ratio > 1.0 - 1e-12 && ratio <= 1.0 + error, "{name}, {order}: {ratio}");
            }
        }
    }
}

#[test]
fn functions_equal_the_references() {
    let references: BTreeMap<String, Functions> = json("diagrams/functions.json");
    assert_eq!(references.len(), 4);
    for (name, reference) in references {
        let diagram = diagram(&reference.intervals);
        let (start, end, n) = reference.grid;
        let grid = Grid::new(start, end, n).unwrap();
        assert_near(&name, &diagram.betti_curve(&grid), &reference.betti_curve);
        assert_near(&name, &diagram.landscape(&grid, 4), &reference.landscape);
        assert_near(&name, &diagram.silhouette(&grid, 1.5).unwrap(), &reference.silhouette);
        let (births, lifespans) = (Grid::new(-0.5, 4.5, 12).unwrap(), Grid::new(0.0, 3.0, 9).unwrap());
        let image = PersistenceImage::new(births, lifespans, 0.3).weight_exponent(1.5);
        assert_near(&name, &image.pixels(&diagram).unwrap(), &reference.image);
    }
}
