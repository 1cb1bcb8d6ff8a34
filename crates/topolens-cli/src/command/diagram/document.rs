//! What was found, as JSON and as a table.

use serde_json::{Value, json};
use topolens::{Diagram, Diagrams, LoopRepresentative};

use super::homology::{Covering, Found};
use crate::terminal::Table;

pub(super) fn document(found: &Found) -> Value {
    let mut document = json!({ "schema": "topolens.diagram/1", "n_points": found.n_points });
    if let Some(covering) = &found.covering {
        document["landmarks"] = json!(covering.landmarks.indices.len());
        document["covering_radius"] = json!(covering.landmarks.covering_radius);
        document["error_bound"] = match covering.no_bound {
            Some(_) => Value::Null,
            None => json!(covering.landmarks.error_bound()),
        };
        if let Some(reason) = covering.no_bound {
            document["reason"] = json!(reason);
        }
    }
    document["diagrams"] = found.diagrams.iter().map(diagram).collect();
    if let Some(loops) = &found.loops {
        document["diagrams"][1]["representatives"] = loops.iter().map(representative).collect();
    }
    document
}

fn representative(found: &LoopRepresentative) -> Value {
    json!({
        "birth_edge": [found.birth_edge.first, found.birth_edge.second],
        "death_triangle": found.death_triangle,
        "cycle": found.cycle,
    })
}

fn diagram(diagram: &Diagram) -> Value {
    let intervals = diagram.intervals().iter().map(|interval| {
        let death = (!interval.is_essential()).then_some(interval.death);
        json!([interval.birth, death])
    });
    json!({ "dimension": diagram.homology_dimension(), "intervals": intervals.collect::<Vec<_>>() })
}

pub(super) fn summary(found: &Found) -> String {
    let table = table(&found.diagrams);
    match &found.covering {
        Some(covering) => format!("{table}\n\n{}", in_words(covering, found.n_points)),
        None => table.to_string(),
    }
}

fn in_words(covering: &Covering, n_points: usize) -> String {
    let (landmarks, radius) = (covering.landmarks.indices.len(), covering.landmarks.covering_radius);
    let start = format!("{landmarks} landmarks of {n_points} points, covering radius {radius:.6}");
    match covering.no_bound {
        Some(reason) => format!("{start}; no error bound: {reason}"),
        None => format!(
            "{start}; error bound {:.6}: births and deaths come later by at most that, and intervals no longer \
             may be missing or spurious",
            covering.landmarks.error_bound()
        ),
    }
}

fn table(diagrams: &Diagrams) -> Table {
    let mut table =
        Table::new(&["homology", "intervals", "essential", "lifespans sum", "longest", "entropy"]);
    for diagram in diagrams {
        let n_essential = diagram.intervals().iter().filter(|interval| interval.is_essential()).count();
        table.row(vec![
            format!("H{}", diagram.homology_dimension()),
            diagram.intervals().len().to_string(),
            n_essential.to_string(),
            six_decimals(diagram.lifespans_sum(1.0)),
            six_decimals(diagram.max_lifespan()),
            diagram.persistent_entropy().map_or("-".to_owned(), |entropy| format!("{entropy:.4}")),
        ]);
    }
    table
}

/// Six decimals, or a power of ten where they would show nothing or too much.
fn six_decimals(value: f64) -> String {
    let usual = value == 0.0 || (1e-3..1e7).contains(&value.abs());
    if usual { format!("{value:.6}") } else { format!("{value:.6e}") }
}

#[cfg(test)]
mod tests {
    use super::six_decimals;

    #[test]
    fn tiny_and_huge_values_show_their_digits() {
        let shown = [0.0, 1.5, 1.25e-12, 1e12].map(six_decimals);
        assert_eq!(shown, ["0.000000", "1.500000", "1.250000e-12", "1.000000e12"]);
    }
}
