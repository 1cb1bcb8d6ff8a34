//! Two diagrams of one homology dimension, taken apart for matching.

use crate::error::{Error, InputKind};
use crate::{Diagram, Interval};

/// The finite intervals of two diagrams and how their essential classes pair.
#[derive(Debug)]
pub(super) struct DiagramPair {
    pub(super) first: Vec<Interval>,
    pub(super) second: Vec<Interval>,
    /// Differences of the sorted births of the essential classes; `None` if one diagram has more of them.
    pub(super) essential_gaps: Option<Vec<f64>>,
}

impl DiagramPair {
    pub(super) fn new(first: &Diagram, second: &Diagram) -> Result<Self, Error> {
        let dimensions = [first.homology_dimension(), second.homology_dimension()];
        if dimensions[0] != dimensions[1] {
            let [first, second] = dimensions;
            return Err(InputKind::HomologyDimensionsDiffer { first, second }.into());
        }
        check_births(first, "first")?;
        check_births(second, "second")?;
        let (births, others) = (essential_births(first), essential_births(second));
        let essential_gaps = (births.len() == others.len())
            .then(|| births.iter().zip(&others).map(|(birth, other)| (birth - other).abs()).collect());
        Ok(Self { first: finite(first), second: finite(second), essential_gaps })
    }
}

fn check_births(diagram: &Diagram, argument: &'static str) -> Result<(), Error> {
    match diagram.intervals().iter().position(|interval| !interval.birth.is_finite()) {
        Some(row) => {
            let value = diagram.intervals()[row].birth;
            Err(InputKind::NotFinite { argument, row, column: 0, value }.into())
        }
        None => Ok(()),
    }
}

/// In ascending order, as the intervals of a diagram are.
fn essential_births(diagram: &Diagram) -> Vec<f64> {
    diagram.intervals().iter().filter(|interval| interval.is_essential()).map(|i| i.birth).collect()
}

fn finite(diagram: &Diagram) -> Vec<Interval> {
    diagram.intervals().iter().filter(|interval| !interval.is_essential()).copied().collect()
}

/// $\max(|b - b'|, |d - d'|)$.
pub(super) fn maximum_distance(a: &Interval, b: &Interval) -> f64 {
    (a.birth - b.birth).abs().max((a.death - b.death).abs())
}

/// Half the lifespan: how far the diagonal is in the maximum norm.
pub(super) fn half_lifespan(interval: &Interval) -> f64 {
    0.5 * interval.death - 0.5 * interval.birth
}
