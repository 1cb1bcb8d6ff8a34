//! What a reader must know before trusting a curve.

use super::curve::epochs;
use super::row::{Row, Scope};
use super::separation::{Cause, Change, Share, Verdict, separation};

/// Warnings about the profile in `rows`, in plain sentences; one epoch is judged at a time.
///
/// - *Separation*: E0 falls over the layers, and classes that only draw apart would make most of that fall
///   ([`SeparationShare`](topolens::SeparationShare)); where that was not measured, E0 over its null, or the classes' own intrinsic dimension (TwoNN), does
///   not fall. Shrinking clusters alone make such a curve, whatever their shape.
/// - *Width*: the number of features changes between layers, and E grows with it.
/// - *Size*: fewer than 100 points in a class's cloud.
/// - *Constant layers*: all points of a layer are the same.
pub fn warnings(rows: &[Row]) -> Vec<String> {
    let mut found: Vec<String> =
        epochs(rows).into_iter().filter_map(|epoch| told_separation(rows, epoch)).collect();
    found.extend(width(rows));
    found.extend(size(rows));
    found.extend(constant(rows));
    found
}

/// The warning that something other than shape explains the fall of E0 at an epoch.
pub(crate) fn told_separation(rows: &[Row], epoch: Option<usize>) -> Option<String> {
    let found = separation(rows, epoch)?;
    let cause = match found.cause()? {
        Cause::Separation => "class separation".to_owned(),
        Cause::Width => format!("a narrower layer ({} to {} features)", found.width.from, found.width.to),
    };
    let kept = match (found.verdict(), found.over_null, found.within) {
        (Verdict::Separated, ..) => told_share(found.share?),
        (Verdict::OverNullKept, Some(Change { from, to }), _) => {
            format!("E0/null goes from {from:.2} to {to:.2}")
        }
        (_, _, Some(Change { from, to })) => {
            format!("the classes' own dimension (TwoNN) goes from {from:.1} to {to:.1}")
        }
        _ => return None,
    };
    let when = epoch.map_or_else(String::new, |epoch| format!(" at epoch {epoch}"));
    let Change { from, to } = found.sum;
    Some(format!(
        "The fall of E0{when} is explained by {cause}: from its peak to the last layer it drops from {from:.2} to {to:.2} \
         while {kept}. Read E0/null and NC1 before speaking of simpler topology."
    ))
}

/// What separation alone makes of a fall.
pub(crate) fn told_share(share: Share) -> String {
    let Share { value, lower, upper } = share;
    format!(
        "drawing the classes as far apart as at the last layer, with all else as at the peak, makes {value:.2} [{lower:.2}, {upper:.2}] of that fall"
    )
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
        "The smallest class has {smallest} points: MLE and TwoNN of single classes are biased low, their PHdim is unsteady, and all \
         have wide intervals; give more images with --points."
    ))
}

fn constant(rows: &[Row]) -> Option<String> {
    let is_constant = |row: &&Row| {
        let is_sum = row.descriptor == "lifespans-sum" && row.homology_dimension == Some(0);
        is_sum && row.class == Scope::Global && row.value == Some(0.0)
    };
    let mut layers: Vec<&str> = Vec::new();
    for row in rows.iter().filter(is_constant) {
        // Once for all epochs.
        if !layers.contains(&row.layer.as_str()) {
            layers.push(&row.layer);
        }
    }
    (!layers.is_empty()).then(|| {
        format!(
            "All points are the same, but for rounding, in {}: there is nothing to measure, and E0 is 0; leave such layers out.",
            layers.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::row::example;

    #[test]
    fn a_constant_layer_is_named_once_for_all_epochs() {
        let at = |epoch, layer, sum| Row {
            epoch: Some(epoch),
            homology_dimension: Some(0),
            ..example(layer, "lifespans-sum", sum)
        };
        let rows = [at(0, 1, 0.0), at(0, 2, 4.0), at(0, 3, 0.0), at(1, 1, 0.0), at(1, 2, 3.0), at(1, 3, 2.0)];
        assert!(constant(&rows).unwrap().contains("in block1, block3: there"));
        assert_eq!(constant(&rows[1..2]), None);
    }
}
