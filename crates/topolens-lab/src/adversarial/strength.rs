//! Whether clouds become simpler as an attack becomes stronger.

use serde::Serialize;
use topolens::statistics::spearman_correlation;

use super::study::Cell;
use crate::profile::curve::{Quantity, sorted_distinct, value};
use crate::profile::{Row, Scope};

/// Quantities whose course with epsilon is told.
pub(super) const TOLD: [(&str, Quantity<'static>); 7] = [
    ("E0", Quantity::new("lifespans-sum", Some(0))),
    ("E1", Quantity::new("lifespans-sum", Some(1))),
    ("E0 in the clean cloud's units", Quantity::new("lifespans-sum-in-clean-units", Some(0))),
    ("E0 over its null", Quantity::new("lifespans-sum-over-null", Some(0))),
    ("PHdim", Quantity::new("ph-dimension", Some(0))),
    ("MLE dimension", Quantity::new("mle", None)),
    ("LID against clean images", Quantity::new("lid-in-batches", None)),
];

/// Spearman's correlation of a quantity with epsilon at one layer, the clean images counting as epsilon 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Strength {
    /// The attack.
    pub method: String,
    /// What was measured.
    pub quantity: String,
    /// The layer.
    pub layer: String,
    /// Its relative depth.
    pub depth: f64,
    /// The number of strengths, epsilon 0 included.
    pub n_strengths: usize,
    /// The correlation.
    pub spearman: f64,
    /// Its two-sided p-value.
    pub p_value: f64,
}

/// Those whose strength no earlier one has, but for rounding: noise beside images that were given comes in the size of each.
fn distinct<'a>(cells: impl Iterator<Item = &'a Cell>) -> Vec<&'a Cell> {
    const ROUNDING: f64 = 1e-3;
    let mut found: Vec<&Cell> = Vec::new();
    for cell in cells {
        let is_near = |other: &&Cell| (other.epsilon - cell.epsilon).abs() <= ROUNDING * cell.epsilon;
        if !found.iter().any(is_near) {
            found.push(cell);
        }
    }
    found
}

/// The correlations of every method with three strengths or more, at the layer in the middle and at the last hidden one.
pub fn correlations_with_epsilon(cells: &[Cell]) -> Vec<Strength> {
    let Some(clean) = cells.first() else { return Vec::new() };
    let mut found = Vec::new();
    for method in methods(cells) {
        let of_method = distinct(cells.iter().filter(|cell| cell.method == method));
        for (layer_index, layer, depth) in watched(&clean.rows) {
            for (name, quantity) in TOLD {
                let at = |cell: &Cell| {
                    let row = cell.rows.iter().find(|row| {
                        row.layer_index == layer_index
                            && Quantity::of(row) == quantity
                            && row.class == Scope::Global
                    });
                    row.and_then(value).map(|value| (cell.epsilon, value))
                };
                let points = std::iter::once(clean).chain(of_method.iter().copied()).filter_map(at);
                let (epsilons, values): (Vec<f64>, Vec<f64>) = points.unzip();
                if epsilons.len() < 4 {
                    continue;
                }
                if let Ok(correlation) = spearman_correlation(&epsilons, &values) {
                    found.push(Strength {
                        method: method.to_owned(),
                        quantity: name.to_owned(),
                        layer: layer.clone(),
                        depth,
                        n_strengths: epsilons.len(),
                        spearman: correlation.value,
                        p_value: correlation.p_value,
                    });
                }
            }
        }
    }
    found
}

/// The attacks, in the order in which they were run.
pub(super) fn methods(cells: &[Cell]) -> Vec<&str> {
    let mut methods: Vec<&str> = Vec::new();
    for cell in cells.iter().skip(1).filter(|cell| cell.method != "clean") {
        if !methods.contains(&cell.method.as_str()) {
            methods.push(&cell.method);
        }
    }
    methods
}

/// Index, name and depth of the layer whose depth is nearest to 1/2, and of the one before the last.
fn watched(rows: &[Row]) -> Vec<(usize, String, f64)> {
    let mut layers: Vec<(usize, String, f64)> = Vec::new();
    for index in sorted_distinct(rows.iter().map(|row| row.layer_index)) {
        if let Some(row) = rows.iter().find(|row| row.layer_index == index) {
            layers.push((index, row.layer.clone(), row.depth));
        }
    }
    let middle = layers.iter().min_by(|a, b| (a.2 - 0.5).abs().total_cmp(&(b.2 - 0.5).abs())).cloned();
    let last_hidden = layers.len().checked_sub(2).map(|at| layers[at].clone());
    let mut found: Vec<(usize, String, f64)> = middle.into_iter().chain(last_hidden).collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use topolens::PointCloud;
    use topolens_nn::Tensor;
    use topolens_nn::attack::{Norm, Outcome};

    use super::*;
    use crate::profile::LayerCloud;
    use crate::profile::row::example;

    fn cell(method: &str, epsilon: f64, e0: f64) -> Cell {
        let rows = [0, 4, 8, 9].map(|layer| Row {
            homology_dimension: Some(0),
            epoch: None,
            ..example(layer, "lifespans-sum", e0 + layer as f64)
        });
        let cloud = PointCloud::new(vec![0.0_f32], 1, 1).unwrap();
        let outcome = Outcome {
            images: Tensor::zeros(&[1, 1, 1, 1]),
            predictions: vec![0],
            succeeded: vec![false],
            distances: vec![epsilon],
            n_taken_back: 0,
        };
        Cell {
            method: method.to_owned(),
            norm: Norm::Linf,
            epsilon,
            accuracy: 1.0,
            f1: 1.0,
            success: 0.0,
            mean_distance: epsilon,
            median_distance_of_successes: None,
            n_taken_back: 0,
            rows: rows.to_vec(),
            points: Vec::new(),
            last_hidden: LayerCloud { layer: "block8".to_owned(), layer_index: 8, depth: 0.9, cloud },
            outcome,
        }
    }

    #[test]
    fn a_fall_with_epsilon_is_minus_one_at_the_middle_and_the_last_hidden_layer() {
        let mut cells = vec![cell("clean", 0.0, 10.0)];
        cells.extend([1.0, 2.0, 3.0].map(|x| cell("pgd", x, 10.0 - x)));
        cells.extend([1.0, 2.0, 3.0].map(|x| cell("noise", x, 10.0 + x)));
        cells.extend([1.0, 2.0].map(|x| cell("fgsm", x, x)));
        // Strengths that differ by rounding are one.
        cells.extend([1.0, 1.000_000_1, 1.000_000_2].map(|x| cell("bim", x, x)));
        let found = correlations_with_epsilon(&cells);
        let told: Vec<(&str, &str, f64, usize)> = found
            .iter()
            .map(|s| (s.method.as_str(), s.layer.as_str(), s.spearman.round(), s.n_strengths))
            .collect();
        let expected = [
            ("pgd", "block4", -1.0, 4),
            ("pgd", "block8", -1.0, 4),
            ("noise", "block4", 1.0, 4),
            ("noise", "block8", 1.0, 4),
        ];
        assert_eq!(told, expected, "two strengths of fgsm are too few");
        assert_eq!(methods(&cells), ["pgd", "noise", "fgsm", "bim"]);
    }
}
