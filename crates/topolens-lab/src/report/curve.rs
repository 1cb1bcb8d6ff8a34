//! The rows of one quantity in the order of the layers.

use crate::profile::{Row, Scope};

/// A descriptor with its homology dimension, if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quantity<'a> {
    pub(crate) descriptor: &'a str,
    pub(crate) homology_dimension: Option<usize>,
}

impl<'a> Quantity<'a> {
    pub(crate) const fn new(descriptor: &'a str, homology_dimension: Option<usize>) -> Self {
        Self { descriptor, homology_dimension }
    }

    /// The quantity that `row` is about.
    pub(crate) fn of(row: &'a Row) -> Self {
        Self::new(&row.descriptor, row.homology_dimension)
    }
}

/// The rows of one quantity, scope and epoch, from the first layer to the last.
pub(crate) fn curve<'a>(
    rows: &'a [Row],
    quantity: Quantity<'_>,
    scope: &Scope,
    epoch: Option<usize>,
) -> Vec<&'a Row> {
    let wanted = |row: &&Row| Quantity::of(row) == quantity && row.class == *scope && row.epoch == epoch;
    let mut found: Vec<&Row> = rows.iter().filter(wanted).collect();
    found.sort_by_key(|row| row.layer_index);
    found
}

/// The epochs, unknown first, then from early to late.
pub(crate) fn epochs(rows: &[Row]) -> Vec<Option<usize>> {
    sorted_distinct(rows.iter().map(|row| row.epoch))
}

/// The scopes that are single classes, by name.
pub(crate) fn classes(rows: &[Row]) -> Vec<&Scope> {
    sorted_distinct(rows.iter().map(|row| &row.class).filter(|scope| matches!(scope, Scope::Class(_))))
}

/// The different items in order.
pub(crate) fn sorted_distinct<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort();
    items.dedup();
    items
}

/// The value, if it is a number.
pub(crate) fn value(row: &Row) -> Option<f64> {
    row.value.filter(|value| value.is_finite())
}

/// The 95 % interval around a value, if both ends are numbers.
pub(crate) fn interval(row: &Row) -> Option<(f64, f64)> {
    let ends = row.lower.zip(row.upper).filter(|(lower, upper)| lower.is_finite() && upper.is_finite());
    value(row).and(ends)
}

/// The name of an epoch in a sentence or a legend.
pub(crate) fn epoch_name(epoch: Option<usize>) -> String {
    match epoch {
        None => "the network".to_owned(),
        Some(0) => "epoch 0 (untrained)".to_owned(),
        Some(epoch) => format!("epoch {epoch}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::report;

    #[test]
    fn rows_are_found_and_ordered_by_layer() {
        let mut rows = report(4, &[Some(0), Some(7)], 2).rows;
        rows.reverse();
        let found = curve(&rows, Quantity::new("lifespans-sum", Some(1)), &Scope::Local, Some(7));
        assert_eq!(found.iter().map(|row| row.layer_index).collect::<Vec<_>>(), [0, 1, 2, 3]);
        let all = |row: &&Row| row.homology_dimension == Some(1) && row.epoch == Some(7);
        assert!(found.iter().all(all));
        assert_eq!(epochs(&rows), [Some(0), Some(7)]);
        assert_eq!(classes(&rows).len(), 2);
    }

    #[test]
    fn what_is_not_a_number_is_undefined() {
        let mut row = report(1, &[None], 0).rows.remove(0);
        row.upper = Some(f64::INFINITY);
        assert_eq!(interval(&row), None);
        row.value = Some(f64::NAN);
        (row.lower, row.upper) = (Some(0.0), Some(1.0));
        assert_eq!((value(&row), interval(&row)), (None, None));
    }
}
