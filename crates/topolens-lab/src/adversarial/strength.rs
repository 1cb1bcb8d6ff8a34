//! Whether clouds become simpler as an attack becomes stronger.

use serde::Serialize;
use topolens::statistics::spearman_correlation;

use super::study::Cell;
use crate::profile::curve::{Quantity, sorted_distinct, value};
use crate::profile::{Row, Scope};

/// Quantities whose course with epsilon is told.
pub(super) const TOLD: [(&str, Quantity<'static>); 6] = [
    ("E0", Quantity::new("lifespans-sum", Some(0))),
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

/// The correlations of every method with three strengths or more, at the layer in the middle and at the last hidden one.
pub fn correlations_with_epsilon(cells: &[Cell]) -> Vec<Strength> {
    let Some(clean) = cells.first() else { return Vec::new() };
    let mut found = Vec::new();
    for method in methods(cells) {
        let of_method: Vec<&Cell> = cells.iter().filter(|cell| cell.method == method).collect();
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
