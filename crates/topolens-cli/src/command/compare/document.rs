//! What was found, as JSON and as tables.

use serde_json::{Value, json};
use topolens::{Measure, NamedComparison, comparison_measures};
use topolens_lab::report::LayerMatrix;

use super::measures::Pair;
use crate::terminal::{Table, print, print_json, with_uncertainty};

/// What the command found.
pub(super) enum Found {
    Pair(Pair),
    /// With the number of inputs.
    Matrix(LayerMatrix, usize),
}

pub(super) fn document(found: &Found) -> Value {
    match found {
        Found::Pair(pair) => json!({
            "schema": "topolens.comparison/1", "comparisons": pair.comparisons.iter().map(comparison).collect::<Vec<_>>(),
        }),
        Found::Matrix(matrix, _) => {
            let n_columns = matrix.columns.1.len();
            json!({
                "schema": "topolens.layer-matrix/1", "measure": matrix.measure,
                "rows": { "name": matrix.rows.0, "layers": matrix.rows.1 },
                "columns": { "name": matrix.columns.0, "layers": matrix.columns.1 },
                "values": matrix.values.chunks(n_columns).collect::<Vec<_>>(),
                "best_on_diagonal": matrix.best_on_diagonal(),
            })
        }
    }
}

fn comparison((name, found): &NamedComparison) -> Value {
    match found {
        Ok(found) => json!({
            "measure": name, "value": found.value, "lower": found.lower, "upper": found.upper,
            "null_mean": found.null.map(|null| null.mean), "p_value": found.null.map(|null| null.p_value),
            "is_similarity": found.measure.is_similarity,
        }),
        Err(error) => json!({ "measure": name, "value": null, "reason": error.to_string() }),
    }
}

pub(super) fn table(found: &Found) -> String {
    match found {
        Found::Pair(pair) => of_pair(pair).to_string(),
        Found::Matrix(matrix, _) => of_layers(matrix),
    }
}

fn of_pair(pair: &Pair) -> Table {
    let mut table = Table::new(&["measure", "value (95 %)", "rows shuffled", "p", "alike when"]);
    for (name, found) in &pair.comparisons {
        let cells = match found {
            Ok(found) => {
                let null = found.null.map_or(("-".to_owned(), "-".to_owned()), |null| {
                    (with_uncertainty(Some(null.mean), None, None), format!("{:.3}", null.p_value))
                });
                [
                    with_uncertainty(Some(found.value), found.lower, found.upper),
                    null.0,
                    null.1,
                    alike(&found.measure),
                ]
            }
            Err(error) => [format!("undefined: {error}"), "-".to_owned(), "-".to_owned(), "-".to_owned()],
        };
        table.row(std::iter::once((*name).to_owned()).chain(cells).collect());
    }
    table
}

fn alike(measure: &Measure) -> String {
    if measure.is_similarity { "large" } else { "small" }.to_owned()
}

fn of_layers(matrix: &LayerMatrix) -> String {
    let (rows, columns) = (&matrix.rows.1, &matrix.columns.1);
    let header: Vec<&str> =
        std::iter::once(matrix.measure.as_str()).chain(columns.iter().map(String::as_str)).collect();
    let mut table = Table::new(&header);
    for (name, values) in rows.iter().zip(matrix.values.chunks(columns.len())) {
        let cells = values.iter().map(|value| format!("{value:.3}"));
        table.row(std::iter::once(name.clone()).chain(cells).collect());
    }
    let diagonal = matrix.best_on_diagonal().map_or_else(String::new, |n_best| {
        format!("\nmost alike at the same place: {n_best} of {} layers", rows.len())
    });
    format!("{table}{diagonal}")
}

/// Prints the measures, each with its source.
pub(super) fn list(as_json: bool) -> anyhow::Result<()> {
    let known = comparison_measures();
    if as_json {
        let entry = |known: &Measure| {
            json!({
                "measure": known.name, "description": known.description, "is_similarity": known.is_similarity,
                "needs_same_rows": known.needs_same_rows,
            })
        };
        return print_json(&json!({
            "schema": "topolens.measures/1", "measures": known.iter().map(entry).collect::<Vec<_>>(),
        }));
    }
    let widest = known.iter().map(|known| known.name.len()).max().unwrap_or(0);
    let line = |known: &Measure| format!("{:widest$}  {}", known.name, known.description);
    print(&known.iter().map(line).collect::<Vec<_>>().join("\n"))
}
