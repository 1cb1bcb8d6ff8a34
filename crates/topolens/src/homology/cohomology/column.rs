//! Sparse columns over ℤ/p, kept as heaps with lazy cancellation.

use std::collections::BinaryHeap;

use super::simplex::Entry;
use crate::homology::field::PrimeField;

/// A sum of entries; equal simplices are added up only when they surface.
#[derive(Debug, Default)]
pub(super) struct Column {
    heap: BinaryHeap<Entry>,
}

impl Column {
    pub(super) fn clear(&mut self) {
        self.heap.clear();
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.heap.push(entry);
    }

    pub(super) fn extend(&mut self, entries: impl IntoIterator<Item = Entry>) {
        self.heap.extend(entries);
    }

    /// Removes and returns the earliest entry whose coefficient does not cancel.
    pub(super) fn pop_pivot(&mut self, field: &PrimeField) -> Option<Entry> {
        let mut pivot = self.heap.pop()?;
        while let Some(&next) = self.heap.peek() {
            if next == pivot {
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
    pub(super) fn pivot(&mut self, field: &PrimeField) -> Option<Entry> {
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
        let mut column = Column::default();
        let entry = |rank, others, coefficient| Entry { others, rank, coefficient };
        column.extend([entry(2, 1, 1), entry(1, 5, 1), entry(1, 5, 2), entry(1, 6, 1), entry(1, 6, 1)]);
        let surfaced = column.pivot(&field).unwrap();
        assert_eq!((surfaced.simplex(), surfaced.coefficient), ((1, 6), 2));
        assert_eq!(column.pop_pivot(&field).unwrap().simplex(), (1, 6));
        assert_eq!(column.pop_pivot(&field).unwrap().simplex(), (2, 1));
        assert!(column.pop_pivot(&field).is_none());
    }
}
