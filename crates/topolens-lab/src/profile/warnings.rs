//! What a reader must know before trusting a curve.

use super::row::{Row, Scope};

/// Warnings about the profile in `rows`, in plain sentences; one epoch is judged at a time.
///
/// - *Separation*: E0 of the classes falls over the layers by more than half while the classes' own intrinsic dimension
///   (TwoNN) changes by less than a fifth. Shrinking clusters alone make such a curve, whatever their shape.
/// - *Width*: the number of features changes between layers, and E grows with it.
/// - *Size*: fewer than 100 points in a class's cloud.
pub fn warnings(rows: &[Row]) -> Vec<String> {
    let mut epochs: Vec<Option<usize>> = rows.iter().map(|row| row.epoch).collect();
    epochs.sort_unstable();
    epochs.dedup();
    let mut found: Vec<String> = epochs.into_iter().filter_map(|epoch| separation(rows, epoch)).collect();
    found.extend(width(rows));
    found.extend(size(rows));
    found
}

/// E0 must fall below this part of its peak for the curve to count as a fall.
const FALL: f64 = 0.5;
/// Relative change of the classes' dimension below which their shape counts as unchanged.
const UNCHANGED: f64 = 0.2;

fn separation(rows: &[Row], epoch: Option<usize>) -> Option<String> {
    let sums = curve(rows, epoch, "lifespans-sum", Some(0), &Scope::Local);
    let dimensions = curve(rows, epoch, "two-nn", None, &Scope::Local);
    let peak = sums.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let (last, at_peak, at_end) = (*sums.last()?, *dimensions.get(peak.0)?, *dimensions.last()?);
    if last > FALL * peak.1 || (at_end / at_peak - 1.0).abs() > UNCHANGED {
        return None;
    }
    let when = epoch.map_or_else(String::new, |epoch| format!(" at epoch {epoch}"));
    Some(format!(
        "The fall of E0{when} is explained by class separation: it drops from {:.4} to {last:.4} while the classes' own \
         dimension (TwoNN) stays at {at_peak:.1} to {at_end:.1}. Shrinking clusters alone do this; read E0/null and \
         NC1 before speaking of simpler topology.",
        peak.1
    ))
}

/// The values of a descriptor by layer.
fn curve(
    rows: &[Row],
    epoch: Option<usize>,
    name: &str,
    homology_dimension: Option<usize>,
    scope: &Scope,
) -> Vec<f64> {
    let mut points: Vec<(usize, f64)> = rows
        .iter()
        .filter(|row| row.epoch == epoch && row.descriptor == name && row.class == *scope)
        .filter(|row| row.homology_dimension == homology_dimension)
        .filter_map(|row| Some((row.layer_index, row.value?)))
        .collect();
    points.sort_by_key(|point| point.0);
    points.into_iter().map(|point| point.1).collect()
}

fn width(rows: &[Row]) -> Option<String> {
    let (narrow, wide) = rows
        .iter()
        .map(|row| row.n_features)
        .fold((usize::MAX, 0), |(low, high), width| (low.min(width), high.max(width)));
    (narrow < wide).then(|| {
        format!(
            "Layers are {narrow} to {wide} features wide, and E grows with the width: compare E0/null, which divides it out, \
             rather than E0 between layers of different width."
        )
    })
}

fn size(rows: &[Row]) -> Option<String> {
    const FEW: usize = 100;
    let classes = rows.iter().filter(|row| matches!(row.class, Scope::Class(_)));
    let smallest = classes.map(|row| row.n_points).min().filter(|&smallest| smallest < FEW)?;
    Some(format!(
        "A class has only {smallest} points: dimensions of single classes are biased low and their intervals wide; \
         give more images with --points."
    ))
}
