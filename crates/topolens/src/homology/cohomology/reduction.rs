//! Reduction of the coboundary matrix of one dimension, columns enumerated on the fly.

use super::column::Column;
use super::filtration::Filtration;
use super::simplex::Entry;
use crate::Interval;
use crate::homology::index_hash::IndexMap;
use crate::homology::neighborhoods::Neighborhoods;

/// Which column owns a pivot, and with which coefficient.
#[derive(Debug, Default)]
pub(super) struct Pivots {
    owners: IndexMap<(u32, u64), (u32, u32)>,
}

impl Pivots {
    /// Whether a simplex is a pivot: it kills a class one dimension down, so its own column needs no reduction.
    pub(super) fn contains(&self, entry: Entry) -> bool {
        self.owners.contains_key(&entry.simplex())
    }
}

/// The intervals of `dimension` and its pivots; the columns come last first.
pub(super) fn reduce<N: Neighborhoods>(
    filtration: &Filtration<N>,
    dimension: usize,
    columns: &[Entry],
) -> (Vec<Interval>, Pivots) {
    let mut reduction = Reduction {
        filtration,
        dimension,
        columns,
        pivots: Pivots::default(),
        entries: Vec::new(),
        ends: Vec::with_capacity(columns.len()),
        working_chain: Column::default(),
        working_coboundary: Column::default(),
    };
    let intervals = (0..columns.len()).filter_map(|at| reduction.reduce_column(at)).collect();
    (intervals, reduction.pivots)
}

/// The state of the reduction $R = D V$: only the off-diagonal part of $V$ is stored.
struct Reduction<'a, N> {
    filtration: &'a Filtration<N>,
    dimension: usize,
    columns: &'a [Entry],
    pivots: Pivots,
    /// Entries of V, column after column; column `at` ends at `ends[at]`.
    entries: Vec<Entry>,
    ends: Vec<usize>,
    working_chain: Column,
    working_coboundary: Column,
}

impl<N: Neighborhoods> Reduction<'_, N> {
    fn reduce_column(&mut self, at: usize) -> Option<Interval> {
        let column = self.columns[at];
        let birth = self.filtration.length(column);
        let mut pivot = self.start_column(column);
        while let Some(entry) = pivot {
            if let Some(&(owner, coefficient)) = self.pivots.owners.get(&entry.simplex()) {
                let factor = self.filtration.field.eliminating_factor(entry.coefficient, coefficient);
                self.add_column(owner as usize, factor);
            } else if let Some(facet) = self.filtration.apparent_facet(entry, self.dimension + 1) {
                let coefficient = self.filtration.field.negate(facet.coefficient);
                self.add_coboundary(Entry { coefficient, ..facet });
            } else {
                self.pivots.owners.insert(entry.simplex(), (at as u32, entry.coefficient));
                self.store_chain();
                let death = self.filtration.length(entry);
                return (death > birth).then_some(Interval { birth, death });
            }
            pivot = self.working_coboundary.pivot(&self.filtration.field);
        }
        self.ends.push(self.entries.len());
        Some(Interval { birth, death: f64::INFINITY })
    }

    /// Fills the working coboundary, unless an emergent pair shows first: a cofacet that enters together with the
    /// simplex, if nothing else claims it, is the pivot whatever the others are.
    fn start_column(&mut self, column: Entry) -> Option<Entry> {
        self.working_chain.clear();
        self.working_coboundary.clear();
        let simultaneous = self.filtration.simultaneous_cofacet(column, self.dimension);
        let is_claimed = |entry: &Entry| {
            self.pivots.contains(*entry)
                || self.filtration.apparent_facet(*entry, self.dimension + 1).is_some()
        };
        if let Some(emergent) = simultaneous.filter(|entry| !is_claimed(entry)) {
            return Some(emergent);
        }
        self.working_coboundary.extend(self.filtration.cofacets(column, self.dimension));
        self.working_coboundary.pivot(&self.filtration.field)
    }

    fn add_column(&mut self, owner: usize, factor: u32) {
        let field = &self.filtration.field;
        let start = if owner == 0 { 0 } else { self.ends[owner - 1] };
        let scaled = |entry: Entry| Entry { coefficient: field.multiply(entry.coefficient, factor), ..entry };
        self.add_coboundary(scaled(self.columns[owner]));
        for at in start..self.ends[owner] {
            self.add_coboundary(scaled(self.entries[at]));
        }
    }

    fn add_coboundary(&mut self, simplex: Entry) {
        self.working_chain.push(simplex);
        self.working_coboundary.extend(self.filtration.cofacets(simplex, self.dimension));
    }

    fn store_chain(&mut self) {
        while let Some(entry) = self.working_chain.pop_pivot(&self.filtration.field) {
            self.entries.push(entry);
        }
        self.ends.push(self.entries.len());
    }
}
