//! Diagrams of other programs on the same clouds.

use serde::Deserialize;
use topolens::{Diagram, DistanceMatrix, Interval, VietorisRips};

use crate::testdata::{cloud, json, path};

#[derive(Deserialize)]
struct Reference {
    points: String,
    max_homology_dimension: usize,
    modulus: u32,
    diagrams: Vec<Vec<(f64, Option<f64>)>>,
}

const RELATIVE_TOLERANCE: f64 = 1e-5;

#[test]
fn diagrams_equal_every_reference_barcode() {
    let files = std::fs::read_dir(path("barcodes")).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(names.len(), 14);
    for name in names {
        let reference: Reference = json(&format!("barcodes/{name}.json"));
        let points = cloud::<f32>(&format!("barcodes/{}", reference.points));
        let rips = VietorisRips::new()
            .max_homology_dimension(reference.max_homology_dimension)
            .modulus(reference.modulus);
        let diagrams = rips.diagrams(&DistanceMatrix::from_cloud(&points)).unwrap();
        assert_eq!(diagrams.len(), reference.max_homology_dimension + 1);
        for (diagram, expected) in diagrams.iter().zip(&reference.diagrams) {
            let expected = expected
                .iter()
                .map(|&(birth, death)| Interval { birth, death: death.unwrap_or(f64::INFINITY) });
            assert_equal_multisets(&name, diagram, expected.collect());
        }
    }
}

/// Intervals within the tolerance of length zero are left out on both sides: rounding makes and unmakes them.
fn assert_equal_multisets(name: &str, diagram: &Diagram, expected: Vec<Interval>) {
    let is_long = |interval: &Interval| interval.lifespan() > RELATIVE_TOLERANCE * interval.death;
    let is_long = |interval: &Interval| interval.is_essential() || is_long(interval);
    let mut unmatched: Vec<Interval> = diagram.intervals().iter().copied().filter(is_long).collect();
    let dimension = diagram.homology_dimension();
    for interval in expected.into_iter().filter(is_long) {
        let close = |a: f64, b: f64| a.total_cmp(&b).is_eq() || (a - b).abs() <= RELATIVE_TOLERANCE * b.abs();
        let found =
            unmatched.iter().position(|i| close(i.birth, interval.birth) && close(i.death, interval.death));
        let found =
            found.unwrap_or_else(|| panic!("{name}: {interval:?} is missing in dimension {dimension}"));
        unmatched.swap_remove(found);
    }
    assert!(unmatched.is_empty(), "{name}: {unmatched:?} are too many in dimension {dimension}");
}
