//! The rows of one quantity in the order of the layers.

use super::row::{Row, Scope};

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

/// Whether two intervals have no number in common; `None` where one of them is missing.
pub(crate) fn are_apart(a: Option<(f64, f64)>, b: Option<(f64, f64)>) -> Option<bool> {
    let ((a_low, a_high), (b_low, b_high)) = a.zip(b)?;
    Some(a_high < b_low || b_high < a_low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::row::example;

    #[test]
    fn rows_are_found_and_ordered_by_layer() {
        let of = |epoch, class: Scope| {
            let row = move |layer| Row { epoch, class: class.clone(), ..example(layer, "two-nn", 1.0) };
            (0..4).rev().map(row)
        };
        let classes_of_7 = of(Some(7), Scope::Class("a".into())).chain(of(Some(7), Scope::Local));
        let rows: Vec<Row> = of(Some(0), Scope::Local).chain(classes_of_7).collect();
        let found = curve(&rows, Quantity::new("two-nn", None), &Scope::Local, Some(7));
        assert_eq!(found.iter().map(|row| row.layer_index).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert!(found.iter().all(|row| row.epoch == Some(7) && row.class == Scope::Local));
        assert_eq!(epochs(&rows), [Some(0), Some(7)]);
        assert_eq!(classes(&rows), [&Scope::Class("a".into())]);
    }

    #[test]
    fn intervals_that_touch_are_not_apart() {
        assert_eq!(are_apart(Some((0.0, 1.0)), Some((1.5, 2.0))), Some(true));
        assert_eq!(are_apart(Some((1.5, 2.0)), Some((0.0, 1.0))), Some(true));
        assert_eq!(are_apart(Some((0.0, 1.0)), Some((1.0, 2.0))), Some(false));
        assert_eq!(are_apart(Some((0.0, 3.0)), Some((1.0, 2.0))), Some(false));
        assert_eq!(are_apart(None, Some((1.0, 2.0))), None);
    }

    #[test]
    fn what_is_not_a_number_is_undefined() {
        let mut row = example(0, "two-nn", 3.0);
        row.upper = Some(f64::INFINITY);
        assert_eq!(interval(&row), None);
        row.value = Some(f64::NAN);
        (row.lower, row.upper) = (Some(0.0), Some(1.0));
        assert_eq!((value(&row), interval(&row)), (None, None));
    }
}
