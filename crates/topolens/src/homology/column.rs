//! Sparse columns over ℤ/p, kept as heaps with lazy cancellation.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::field::PrimeField;
use crate::Scalar;

/// A simplex with its diameter and a coefficient.
///
/// The greater of two entries is the *earlier* in the filtration, so that a heap yields the pivot first: smaller
/// diameter, then larger index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<S> {
    pub(super) diameter: S,
    pub(super) index: u64,
    pub(super) coefficient: u32,
}

impl<S: Scalar> Ord for Entry<S> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_diameter = other.diameter.partial_cmp(&self.diameter).unwrap_or(Ordering::Equal);
        by_diameter.then(self.index.cmp(&other.index))
    }
}

impl<S: Scalar> PartialOrd for Entry<S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<S: Scalar> PartialEq for Entry<S> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<S: Scalar> Eq for Entry<S> {}

/// A sum of entries; equal simplices are added up only when they surface.
#[derive(Debug)]
pub(super) struct Column<S> {
    heap: BinaryHeap<Entry<S>>,
}

impl<S: Scalar> Column<S> {
    pub(super) fn new() -> Self {
        Self { heap: BinaryHeap::new() }
    }

    pub(super) fn clear(&mut self) {
        self.heap.clear();
    }

    pub(super) fn push(&mut self, entry: Entry<S>) {
        self.heap.push(entry);
    }

    pub(super) fn extend(&mut self, entries: impl IntoIterator<Item = Entry<S>>) {
        self.heap.extend(entries);
    }

    /// Removes and returns the earliest entry whose coefficient does not cancel.
    pub(super) fn pop_pivot(&mut self, field: &PrimeField) -> Option<Entry<S>> {
        let mut pivot = self.heap.pop()?;
        while let Some(&next) = self.heap.peek() {
            if next.index == pivot.index {
                pivot.coefficient = field.add(pivot.coefficient, next.coefficient);
            } else if pivot.coefficient == 0 {
                pivot = next;
            } else {
                break;
            }
            self.heap.pop();
        }
        (pivot.coefficient != 0).then_some(pivot)
    }

    /// The earliest entry whose coefficient does not cancel.
    pub(super) fn pivot(&mut self, field: &PrimeField) -> Option<Entry<S>> {
        let pivot = self.pop_pivot(field)?;
        self.heap.push(pivot);
        Some(pivot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pivots_surface_in_filtration_order_and_cancel() {
        let field = PrimeField::new(3).unwrap();
        let mut column = Column::new();
        let entry = |diameter, index, coefficient| Entry { diameter, index, coefficient };
        column.extend([
            entry(2.0, 1, 1),
            entry(1.0, 5, 1),
            entry(1.0, 5, 2),
            entry(1.0, 4, 1),
            entry(1.0, 4, 1),
        ]);
        let surfaced = column.pivot(&field).unwrap();
        assert_eq!((surfaced.index, surfaced.coefficient), (4, 2));
        assert_eq!(column.pop_pivot(&field).unwrap().index, 4);
        assert_eq!(column.pop_pivot(&field).unwrap().index, 1);
        assert!(column.pop_pivot(&field).is_none());
    }
}
