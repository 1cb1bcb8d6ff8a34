//! `topolens diagram`.

use serde_json::{Value, json};
use topolens::{Diagram, Diagrams, DistanceMatrix, Scalar, VietorisRips, minimum_spanning_tree};

use super::points::{OnMatrix, cloud, dissimilarities, on_matrix};
use crate::arguments::{DiagramArguments, MetricName};
use crate::memory;
use crate::terminal::{Table, note, print, print_json, write_json};

pub(crate) fn run(arguments: &DiagramArguments) -> anyhow::Result<()> {
    let (n_points, diagrams) = on_matrix(&arguments.points, Homology(arguments))?;
    let document = document(n_points, &diagrams);
    if let Some(path) = &arguments.out {
        write_json(path, &document)?;
    }
    if arguments.common.json {
        return print_json(&document);
    }
    print(&summary(&diagrams).to_string())
}

struct Homology<'a>(&'a DiagramArguments);

impl OnMatrix for Homology<'_> {
    type Output = (usize, Diagrams);

    fn run<S: Scalar>(self, values: Vec<S>, n_rows: usize, n_columns: usize) -> anyhow::Result<Self::Output> {
        let arguments = self.0;
        let mut rips = VietorisRips::new()
            .max_homology_dimension(arguments.max_homology_dimension.into())
            .modulus(arguments.modulus.into());
        if let Some(threshold) = arguments.threshold {
            rips = rips.threshold(threshold);
        }
        if arguments.needs_only_the_tree() {
            let tree = minimum_spanning_tree(&cloud(&arguments.points, values, n_rows, n_columns)?);
            let threshold = arguments.threshold.unwrap_or(f64::INFINITY);
            return Ok((n_rows, vec![tree.diagram_up_to(threshold)]));
        }
        let memory = rips.estimated_memory::<S>(n_rows);
        memory::ensure_fits(memory, arguments.memory, arguments.leaner())?;
        announce(memory, n_rows);
        let distances = match arguments.metric {
            MetricName::Euclidean => {
                DistanceMatrix::from_cloud(&cloud(&arguments.points, values, n_rows, n_columns)?)
            }
            MetricName::Precomputed => dissimilarities(&arguments.points, &values, n_rows, n_columns)?,
        };
        Ok((n_rows, rips.diagrams(&distances)?))
    }
}

impl DiagramArguments {
    /// Dimension 0 of a cloud needs no matrix of distances; settings that might be wrong take the way that checks them.
    fn needs_only_the_tree(&self) -> bool {
        self.max_homology_dimension == 0
            && self.metric == MetricName::Euclidean
            && self.modulus == 2
            && self.threshold.is_none_or(|threshold| threshold >= 0.0)
    }

    /// What takes less memory.
    fn leaner(&self) -> &'static str {
        match self.max_homology_dimension {
            0 | 1 => "take a subsample, or only components with --max-homology-dimension 0",
            _ => "lower --max-homology-dimension, give a --threshold, or take a subsample",
        }
    }
}

/// Says what is coming when it is more than a moment's work.
fn announce(memory: u64, n_points: usize) {
    const WORTH_SAYING: u64 = 200 << 20;
    if memory > WORTH_SAYING {
        note(&format!("homology of {n_points} points: up to about {} of memory", memory::in_words(memory)));
    }
}

fn document(n_points: usize, diagrams: &Diagrams) -> Value {
    let diagram = |diagram: &Diagram| {
        let intervals = diagram.intervals().iter().map(|interval| {
            let death = (!interval.is_essential()).then_some(interval.death);
            json!([interval.birth, death])
        });
        json!({ "dimension": diagram.homology_dimension(), "intervals": intervals.collect::<Vec<_>>() })
    };
    json!({
        "schema": "topolens.diagram/1",
        "n_points": n_points,
        "diagrams": diagrams.iter().map(diagram).collect::<Vec<_>>(),
    })
}

fn summary(diagrams: &Diagrams) -> Table {
    let mut table =
        Table::new(&["homology", "intervals", "essential", "lifespans sum", "longest", "entropy"]);
    for diagram in diagrams {
        let n_essential = diagram.intervals().iter().filter(|interval| interval.is_essential()).count();
        table.row(vec![
            format!("H{}", diagram.homology_dimension()),
            diagram.intervals().len().to_string(),
            n_essential.to_string(),
            format!("{:.6}", diagram.lifespans_sum(1.0)),
            format!("{:.6}", diagram.max_lifespan()),
            diagram.persistent_entropy().map_or("-".to_owned(), |entropy| format!("{entropy:.4}")),
        ]);
    }
    table
}
