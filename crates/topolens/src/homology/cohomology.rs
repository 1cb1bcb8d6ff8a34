//! Reduction of the coboundary matrix of one dimension, columns enumerated on the fly.

use super::column::{Column, Entry};
use super::filtration::Filtration;
use super::index_hash::IndexMap;
use crate::{Interval, Scalar};

/// Which column owns a pivot, and with which coefficient.
#[derive(Debug, Default)]
pub(super) struct Pivots {
    owners: IndexMap<(usize, u32)>,
}

impl Pivots {
    /// Whether a simplex is a pivot: it kills a class one dimension down, so its own column needs no reduction.
    pub(super) fn contains(&self, index: u64) -> bool {
        self.owners.contains_key(&index)
    }
}

/// The intervals of `dimension` and its pivots.
pub(super) fn reduce<S: Scalar>(
    filtration: &Filtration<'_, S>,
    dimension: usize,
    columns: &[Entry<S>],
) -> (Vec<Interval>, Pivots) {
    let mut reduction = Reduction::new(filtration, dimension, columns);
    let intervals = (0..columns.len()).filter_map(|at| reduction.reduce_column(at)).collect();
    (intervals, reduction.pivots)
}

/// The state of the reduction $R = D V$: only the off-diagonal part of $V$ is stored.
struct Reduction<'a, S> {
    filtration: &'a Filtration<'a, S>,
    dimension: usize,
    columns: &'a [Entry<S>],
    pivots: Pivots,
    /// Entries of V, column after column; column `at` ends at `ends[at]`.
    entries: Vec<Entry<S>>,
    ends: Vec<usize>,
    working_chain: Column<S>,
    working_coboundary: Column<S>,
    cofacets: Vec<Entry<S>>,
}

impl<'a, S: Scalar> Reduction<'a, S> {
    fn new(filtration: &'a Filtration<'a, S>, dimension: usize, columns: &'a [Entry<S>]) -> Self {
        Self {
            filtration,
            dimension,
            columns,
            pivots: Pivots::default(),
            entries: Vec::new(),
            ends: Vec::with_capacity(columns.len()),
            working_chain: Column::new(),
            working_coboundary: Column::new(),
            cofacets: Vec::new(),
        }
    }

    fn reduce_column(&mut self, at: usize) -> Option<Interval> {
        let column = self.columns[at];
        let birth = column.diameter.to_f64();
        let mut pivot = self.start_column(column);
        while let Some(entry) = pivot {
            if let Some(&(owner, coefficient)) = self.pivots.owners.get(&entry.index) {
                let factor = self.filtration.field.eliminating_factor(entry.coefficient, coefficient);
                self.add_column(owner, factor);
            } else if let Some(facet) = self.filtration.zero_apparent_facet(entry, self.dimension + 1) {
                let coefficient = self.filtration.field.negate(facet.coefficient);
                self.add_coboundary(Entry { coefficient, ..facet });
            } else {
                self.pivots.owners.insert(entry.index, (at, entry.coefficient));
                self.store_reduction();
                let death = entry.diameter.to_f64();
                return (death > birth).then_some(Interval { birth, death });
            }
            pivot = self.working_coboundary.pivot(&self.filtration.field);
        }
        self.ends.push(self.entries.len());
        Some(Interval { birth, death: f64::INFINITY })
    }

    /// Fills the working coboundary, unless an emergent pair shows first: the earliest cofacet of equal diameter, if
    /// nothing else claims it, is the pivot whatever the others are.
    fn start_column(&mut self, column: Entry<S>) -> Option<Entry<S>> {
        self.working_chain.clear();
        self.working_coboundary.clear();
        self.cofacets.clear();
        let mut may_be_emergent = true;
        for cofacet in self.filtration.cofacets(column, self.dimension) {
            self.cofacets.push(cofacet);
            if may_be_emergent && cofacet.diameter == column.diameter {
                let is_claimed = self.pivots.contains(cofacet.index)
                    || self.filtration.zero_apparent_facet(cofacet, self.dimension + 1).is_some();
                if !is_claimed {
                    return Some(cofacet);
                }
                may_be_emergent = false;
            }
        }
        self.working_coboundary.extend(self.cofacets.drain(..));
        self.working_coboundary.pivot(&self.filtration.field)
    }

    fn add_column(&mut self, owner: usize, factor: u32) {
        let field = &self.filtration.field;
        let start = if owner == 0 { 0 } else { self.ends[owner - 1] };
        let scaled =
            |entry: Entry<S>| Entry { coefficient: field.multiply(entry.coefficient, factor), ..entry };
        self.add_coboundary(scaled(self.columns[owner]));
        for at in start..self.ends[owner] {
            self.add_coboundary(scaled(self.entries[at]));
        }
    }

    fn add_coboundary(&mut self, simplex: Entry<S>) {
        self.working_chain.push(simplex);
        self.working_coboundary.extend(self.filtration.cofacets(simplex, self.dimension));
    }

    fn store_reduction(&mut self) {
        while let Some(entry) = self.working_chain.pop_pivot(&self.filtration.field) {
            self.entries.push(entry);
        }
        self.ends.push(self.entries.len());
    }
}
