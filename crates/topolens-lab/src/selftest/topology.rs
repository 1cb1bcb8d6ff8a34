//! Diagrams that are known exactly, and barcodes of other programs.

use serde_json::Value;
use topolens::{Diagram, DistanceMatrix, PointCloud, VietorisRips, synthetic};

use super::finding::Finding;
use crate::Result;
use crate::error::{Error, ErrorKind};

macro_rules! barcode {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../../testdata/barcodes/", $name, ".json")),
            include_bytes!(concat!("../../../../testdata/barcodes/", $name, ".npy")),
        )
    };
}

/// Clouds of different shape with their barcodes by ripser.
const BARCODES: [(&str, &str, &[u8]); 4] = [
    barcode!("torus_n200_d3_h1_z2"),
    barcode!("klein_n180_d4_h1_z3"),
    barcode!("sphere_n150_d3_h2_z2"),
    barcode!("duplicates_n100_d5_h1_z2"),
];

pub(super) fn run(seed: u64) -> Result<Vec<Finding>> {
    let mut findings = closed_forms(seed)?;
    for (name, expected, points) in BARCODES {
        findings.push(reference(name, expected, points)?);
    }
    Ok(findings)
}

fn closed_forms(seed: u64) -> Result<Vec<Finding>> {
    let circle = longest(&diagrams(&synthetic::circle(300, seed)?, 1, None)?[1]);
    let sphere = longest(&diagrams(&synthetic::sphere(300, 2, seed)?, 2, Some(1.7))?[2]);
    let torus = longest(&diagrams(&synthetic::clifford_torus(400, seed)?, 1, None)?[1]);
    let death = |diagram: &[(f64, f64)], at: usize| diagram.get(at).map_or(f64::NAN, |interval| interval.1);
    let lifespan = torus.get(2).map_or(0.0, |(birth, death)| death - birth);
    Ok(vec![
        Finding::within("circle, death of the loop (√3)", 3.0_f64.sqrt(), 0.03, death(&circle, 0)),
        Finding::within(
            "sphere, death of the cavity (√(8/3))",
            (8.0_f64 / 3.0).sqrt(),
            0.03,
            death(&sphere, 0),
        ),
        Finding::within("Clifford torus, death of the first loop", 1.74, 0.03, death(&torus, 0)),
        Finding::within("Clifford torus, death of the second loop", 1.74, 0.03, death(&torus, 1)),
        Finding::within("Clifford torus, lifespan of the third loop", 0.3, 0.3, lifespan),
    ])
}

fn diagrams(
    cloud: &PointCloud<f64>,
    max_homology_dimension: usize,
    threshold: Option<f64>,
) -> Result<Vec<Diagram>> {
    let rips = VietorisRips::new().max_homology_dimension(max_homology_dimension);
    let rips = threshold.map_or(rips.clone(), |threshold| rips.threshold(threshold));
    Ok(rips.diagrams(&DistanceMatrix::from_cloud(cloud))?)
}

/// Births and deaths, longest lifespan first.
fn longest(diagram: &Diagram) -> Vec<(f64, f64)> {
    let mut intervals: Vec<(f64, f64)> =
        diagram.intervals().iter().map(|interval| (interval.birth, interval.death)).collect();
    intervals.sort_by(|a, b| (b.1 - b.0).total_cmp(&(a.1 - a.0)));
    intervals
}

/// The largest relative difference of a birth or death.
fn reference(name: &str, expected: &str, points: &[u8]) -> Result<Finding> {
    let what = format!("{name}, largest relative difference to ripser");
    let bad = || Error::new(ErrorKind::BadSelftest { name: name.to_owned() });
    let expected: Value = serde_json::from_str(expected).map_err(|_| bad())?;
    let number = |key: &str| expected[key].as_u64().ok_or_else(bad);
    let rips = VietorisRips::new()
        .max_homology_dimension(number("max_homology_dimension")? as usize)
        .modulus(number("modulus")? as u32);
    let found = rips.diagrams(&DistanceMatrix::from_cloud(&super::ball::cloud_of(name, points)?))?;
    let mut largest = 0.0_f64;
    for (dimension, diagram) in found.iter().enumerate() {
        let pairs = expected["diagrams"][dimension].as_array().ok_or_else(bad)?;
        let mut pairs: Vec<(f64, f64)> = pairs.iter().map(|pair| (end(&pair[0]), end(&pair[1]))).collect();
        let mut ours: Vec<(f64, f64)> =
            diagram.intervals().iter().map(|interval| (interval.birth, interval.death)).collect();
        if pairs.len() != ours.len() {
            return Ok(Finding::within(what, 0.0, 1e-5, f64::INFINITY));
        }
        for list in [&mut pairs, &mut ours] {
            list.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.total_cmp(&b.0)));
        }
        let differences =
            pairs.iter().zip(&ours).flat_map(|(a, b)| [difference(a.0, b.0), difference(a.1, b.1)]);
        largest = differences.fold(largest, f64::max);
    }
    Ok(Finding::within(what, 0.0, 1e-5, largest))
}

/// A death that never comes is null.
fn end(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::INFINITY)
}

fn difference(a: f64, b: f64) -> f64 {
    if a.is_infinite() && b.is_infinite() { 0.0 } else { (a - b).abs() / a.abs().max(b.abs()).max(1e-9) }
}
