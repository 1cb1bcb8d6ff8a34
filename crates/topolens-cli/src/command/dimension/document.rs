//! What was found, as JSON, as a table and as CSV.

use std::fmt::Write;

use serde_json::{Value, json};
use topolens::{NamedEstimate, ScaleEstimate, dimension_estimators};

use super::estimates::Found;
use crate::terminal::{Table, print, print_json, with_uncertainty};

pub(super) fn document(found: &Found) -> Value {
    let scales: serde_json::Map<String, Value> = found
        .scales
        .iter()
        .map(|(name, scales)| ((*name).to_owned(), scales.iter().map(scale).collect()))
        .collect();
    json!({
        "schema": "topolens.dimension/1", "n_points": found.n_points, "n_features": found.n_features,
        "estimates": found.estimates.iter().map(estimate).collect::<Vec<_>>(), "scales": scales,
    })
}

/// An estimate, or why there is none.
pub(crate) fn estimate((name, found): &NamedEstimate) -> Value {
    match found {
        Ok(estimate) => json!({
            "estimator": name, "value": estimate.value, "standard_error": estimate.standard_error,
            "lower": estimate.lower, "upper": estimate.upper, "n_points": estimate.n_points,
            "n_dropped": estimate.n_dropped,
        }),
        Err(error) => json!({ "estimator": name, "value": null, "reason": error.to_string() }),
    }
}

fn scale(scale: &ScaleEstimate) -> Value {
    let estimate = &scale.estimate;
    json!({
        "n_neighbors": scale.n_neighbors, "distance": scale.distance, "value": estimate.value,
        "standard_error": estimate.standard_error, "lower": estimate.lower, "upper": estimate.upper,
    })
}

pub(super) fn table(found: &Found) -> Table {
    let mut table = Table::new(&["estimator", "dimension (95 %)", "standard error", "points used"]);
    for (name, estimate) in &found.estimates {
        let cells = match estimate {
            Ok(estimate) => [
                with_uncertainty(Some(estimate.value), Some(estimate.lower), Some(estimate.upper)),
                format!("{:.4}", estimate.standard_error),
                estimate.n_points.to_string(),
            ],
            Err(error) => [format!("undefined: {error}"), "-".to_owned(), "-".to_owned()],
        };
        table.row(std::iter::once((*name).to_owned()).chain(cells).collect());
    }
    table
}

/// A line of names, then a line for each point.
pub(super) fn at_points(columns: &[(&'static str, Vec<f64>)]) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let mut text = names.join(",");
    let n_points = columns.first().map_or(0, |(_, values)| values.len());
    for point in 0..n_points {
        text.push('\n');
        for (at, (_, values)) in columns.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            // Writing to a string cannot fail.
            let _ = write!(text, "{comma}{}", values[point]);
        }
    }
    text.push('\n');
    text
}

/// Prints the estimators, each with its source.
pub(super) fn list(as_json: bool) -> anyhow::Result<()> {
    let known = dimension_estimators();
    if as_json {
        let entry = |known: &topolens::DimensionEstimator| {
            json!({
                "estimator": known.name, "description": known.description, "is_pointwise": known.is_pointwise,
                "has_scales": known.has_scales,
            })
        };
        return print_json(&json!({
            "schema": "topolens.dimension-estimators/1", "estimators": known.iter().map(entry).collect::<Vec<_>>(),
        }));
    }
    let widest = known.iter().map(|known| known.name.len()).max().unwrap_or(0);
    let line = |known: &topolens::DimensionEstimator| {
        let marks = if known.is_pointwise { " [at points]" } else { "" };
        format!("{:widest$}  {}{marks}", known.name, known.description)
    };
    print(&known.iter().map(line).collect::<Vec<_>>().join("\n"))
}
