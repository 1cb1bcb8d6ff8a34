//! Correlations, intervals and tests as scipy, scikit-learn and definitions in numpy give them.

use serde::Deserialize;
use topolens::statistics::{
    Bootstrap, Correlation, MultipleTesting, PValueMethod, RocCurve, compare_roc_areas,
    conditional_information, kendall_correlation, mean, partial_correlation, partial_spearman_correlation,
    pearson_correlation, power_law, roc_area, spearman_correlation,
};

use crate::testdata::json;

fn assert_near(name: &str, got: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(got.len(), expected.len(), "{name}");
    for (got, expected) in got.iter().zip(expected) {
        let scale = expected.abs().max(1e-3);
        assert!((got - expected).abs() <= tolerance * scale, "{name}: {got}, expected {expected}");
    }
}

fn all(found: Correlation) -> [f64; 4] {
    [found.value, found.p_value, found.lower.unwrap(), found.upper.unwrap()]
}

#[derive(Deserialize)]
struct Correlations {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    x: Vec<f64>,
    y: Vec<f64>,
    pearson: [f64; 4],
    spearman: [f64; 2],
    kendall: [f64; 2],
}

#[test]
fn correlations_are_those_of_scipy() {
    let Correlations { cases } = json("statistics/correlations.json");
    let mut methods = Vec::new();
    for case in cases {
        let name = format!("{} points", case.x.len());
        assert_near(&name, &all(pearson_correlation(&case.x, &case.y).unwrap()), &case.pearson, 1e-9);
        let (spearman, kendall) =
            (spearman_correlation(&case.x, &case.y).unwrap(), kendall_correlation(&case.x, &case.y).unwrap());
        for (found, expected) in [(spearman, &case.spearman), (kendall, &case.kendall)] {
            let [value, p_value, lower, upper] = all(found);
            assert_near(&name, &[value, p_value], expected, 1e-9);
            assert!(lower < value && value < upper);
        }
        methods.extend([spearman.method, kendall.method]);
    }
    for method in [PValueMethod::Permutations, PValueMethod::StudentsT, PValueMethod::Normal] {
        assert!(methods.contains(&method), "{method:?} was not exercised");
    }
}

#[derive(Deserialize)]
struct Partial {
    x: Vec<f64>,
    y: Vec<f64>,
    covariates: Vec<Vec<f64>>,
    pearson: [f64; 4],
    spearman: [f64; 2],
}

#[test]
fn partial_correlations_are_those_of_residuals() {
    let case: Partial = json("statistics/partial.json");
    let covariates: Vec<&[f64]> = case.covariates.iter().map(Vec::as_slice).collect();
    let found = partial_correlation(&case.x, &case.y, &covariates).unwrap();
    assert_near("partial", &all(found), &case.pearson, 1e-9);
    let found = partial_spearman_correlation(&case.x, &case.y, &covariates).unwrap();
    assert_near("partial spearman", &all(found)[..2], &case.spearman, 1e-9);
}

#[derive(Deserialize)]
struct Resampled {
    x: Vec<f64>,
    mean: [f64; 2],
}

#[test]
fn bootstrap_intervals_approach_scipys() {
    let case: Resampled = json("statistics/bootstrap.json");
    let statistic = |rows: &[usize]| {
        let values: Vec<f64> = rows.iter().map(|&row| case.x[row]).collect();
        Ok(mean(&values)?.value)
    };
    let found = Bootstrap::new().resamples(50_000).interval(case.x.len(), statistic).unwrap();
    assert_near("BCa", &[found.lower, found.upper], &case.mean, 0.01);
    assert!(found.acceleration > 0.0);
}

#[derive(Deserialize)]
struct Adjusted {
    p: Vec<f64>,
    holm: Vec<f64>,
    bh: Vec<f64>,
    by: Vec<f64>,
}

#[test]
fn adjusted_p_values_are_those_of_scipy() {
    let case: Adjusted = json("statistics/multiple_testing.json");
    for (correction, expected) in [
        (MultipleTesting::Holm, &case.holm),
        (MultipleTesting::BenjaminiHochberg, &case.bh),
        (MultipleTesting::BenjaminiYekutieli, &case.by),
    ] {
        assert_near("adjusted", &correction.adjusted(&case.p).unwrap(), expected, 1e-12);
    }
}

#[derive(Deserialize)]
struct Roc {
    first: Vec<f64>,
    second: Vec<f64>,
    positive: Vec<bool>,
    areas: [f64; 2],
    errors: [f64; 2],
    difference: [f64; 3],
    fpr: Vec<f64>,
    tpr: Vec<f64>,
    thresholds: Vec<f64>,
}

#[test]
fn curves_are_those_of_scikit_learn_and_errors_those_of_all_pairs() {
    let case: Roc = json("statistics/roc.json");
    let curve = RocCurve::new(&case.first, &case.positive).unwrap();
    let column = |of: fn(&topolens::statistics::RocPoint) -> f64| -> Vec<f64> {
        curve.points().iter().map(of).collect()
    };
    assert_near("fpr", &column(|point| point.false_positive_rate), &case.fpr, 1e-12);
    assert_near("tpr", &column(|point| point.true_positive_rate), &case.tpr, 1e-12);
    assert_near("thresholds", &column(|point| point.threshold)[1..], &case.thresholds, 1e-12);
    let area = roc_area(&case.first, &case.positive).unwrap();
    assert_near("area", &[curve.area(), area.value], &[case.areas[0]; 2], 1e-12);
    let found = compare_roc_areas(&case.first, &case.second, &case.positive).unwrap();
    assert_near("second", &[found.second.value], &case.areas[1..], 1e-12);
    assert_near("errors", &[area.standard_error, found.second.standard_error], &case.errors, 1e-10);
    let difference = [found.difference, found.standard_error, found.p_value];
    assert_near("difference", &difference, &case.difference, 1e-9);
}

#[derive(Deserialize)]
struct Verification {
    cases: Vec<Verified>,
}

#[derive(Deserialize)]
struct Verified {
    scores: Vec<f64>,
    positive: Vec<bool>,
    weights: Vec<f64>,
    area: f64,
    equal_error_rate: f64,
    at: Vec<[f64; 2]>,
}

#[test]
fn rates_of_weighted_scores_are_those_of_scikit_learn() {
    let Verification { cases } = json("statistics/verification.json");
    assert_eq!(cases.len(), 6);
    for case in cases {
        let curve = RocCurve::weighted(&case.scores, &case.positive, &case.weights).unwrap();
        let found = [curve.area(), curve.equal_error_rate()];
        assert_near("area and equal error rate", &found, &[case.area, case.equal_error_rate], 1e-12);
        for [allowed, expected] in case.at {
            assert_near("rate", &[curve.true_positive_rate_at(allowed).unwrap()], &[expected], 1e-12);
        }
    }
}

#[derive(Deserialize)]
struct Generalization {
    ansuini: Ansuini,
    networks: Networks,
    factorial: Factorial,
    tails: Vec<Tail>,
}

#[derive(Deserialize)]
struct Ansuini {
    top5_error: Vec<f64>,
    dimension: Vec<f64>,
    first_resnet: usize,
    pearson_all: f64,
    pearson_resnets: f64,
    kendall_all: f64,
}

#[derive(Deserialize)]
struct Networks {
    points: Vec<[f64; 2]>,
    pearson: f64,
    spearman: f64,
    kendall: f64,
    interval: [f64; 2],
}

#[derive(Deserialize)]
struct Factorial {
    axes: Vec<Vec<usize>>,
    gap: Vec<f64>,
    measure: Vec<f64>,
    information: f64,
}

#[derive(Deserialize)]
struct Tail {
    sample: Vec<f64>,
    exponent: f64,
    minimum: f64,
    distance: f64,
}

/// Published numbers have three digits.
fn assert_printed(name: &str, got: f64, printed: f64) {
    assert!((got - printed).abs() < 0.0006, "{name}: {got}, printed {printed}");
}

#[test]
fn published_correlations_of_networks_are_reproduced() {
    let Generalization { ansuini, networks, .. } = json("statistics/generalization.json");
    let Ansuini { top5_error, dimension, first_resnet, .. } = &ansuini;
    let pearson = |x: &[f64], y: &[f64]| pearson_correlation(x, y).unwrap();
    assert_printed("all", pearson(top5_error, dimension).value, ansuini.pearson_all);
    let resnets = pearson(&top5_error[*first_resnet..], &dimension[*first_resnet..]);
    assert_printed("ResNets", resnets.value, ansuini.pearson_resnets);
    assert_printed("Kendall", kendall_correlation(top5_error, dimension).unwrap().value, ansuini.kendall_all);
    let (errors, sums): (Vec<f64>, Vec<f64>) = networks.points.iter().map(|[x, y]| (*x, *y)).unzip();
    assert_eq!(errors.len(), 44);
    let found = pearson(&errors, &sums);
    assert_printed("44 networks", found.value, networks.pearson);
    // Printed cut off, not rounded.
    assert!((found.lower.unwrap() - networks.interval[0]).abs() < 0.001, "{found:?}");
    assert!((found.upper.unwrap() - networks.interval[1]).abs() < 0.001, "{found:?}");
    assert_printed("Spearman", spearman_correlation(&errors, &sums).unwrap().value, networks.spearman);
    assert_printed("Kendall", kendall_correlation(&errors, &sums).unwrap().value, networks.kendall);
}

#[test]
fn conditional_information_of_a_factorial_is_that_of_its_definition() {
    let Generalization { factorial, .. } = json("statistics/generalization.json");
    let axes: Vec<&[usize]> = factorial.axes.iter().map(Vec::as_slice).collect();
    let found = conditional_information(&factorial.measure, &factorial.gap, &axes).unwrap();
    assert!(
        (found.value - factorial.information).abs() < 1e-12,
        "{found:?}, expected {}",
        factorial.information
    );
    assert!(!found.given.is_empty());
}

#[test]
fn power_laws_are_those_of_the_package_powerlaw() {
    let Generalization { tails, .. } = json("statistics/generalization.json");
    for tail in tails {
        let found = power_law(&tail.sample).unwrap();
        let (got, expected) =
            ([found.exponent, found.minimum, found.distance], [tail.exponent, tail.minimum, tail.distance]);
        assert_near(&format!("{} numbers", tail.sample.len()), &got, &expected, 1e-9);
    }
}
