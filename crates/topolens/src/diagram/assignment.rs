//! Sparse assignment problems, by shortest augmenting paths.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::sparse_rows::SparseRows;

/// The column of each row in an assignment of least total cost. There must be one that assigns every row.
///
/// # References
///
/// bib: `jonker1987`
pub(super) fn cheapest_assignment(costs: &SparseRows) -> Vec<Option<usize>> {
    let mut search = Search::new(costs);
    for row in 0..costs.n_rows() {
        search.assign(row);
    }
    search.column_of
}

/// Rows assigned so far, with prices that prove the assignment best for them: $u_i + v_j \le c_{ij}$ for every row $i$ and
/// column $j$, with equality where assigned.
struct Search<'a> {
    costs: &'a SparseRows,
    row_prices: Vec<f64>,
    column_prices: Vec<f64>,
    column_of: Vec<Option<usize>>,
    row_of: Vec<Option<usize>>,
    /// Of the current search, by column.
    lengths: Vec<f64>,
    previous: Vec<usize>,
    is_settled: Vec<bool>,
}

impl<'a> Search<'a> {
    fn new(costs: &'a SparseRows) -> Self {
        let (n, m) = (costs.n_rows(), costs.n_columns());
        Self {
            costs,
            row_prices: vec![0.0; n],
            column_prices: vec![0.0; m],
            column_of: vec![None; n],
            row_of: vec![None; m],
            lengths: vec![f64::INFINITY; m],
            previous: vec![0; m],
            is_settled: vec![false; m],
        }
    }

    /// Assigns one more row along the shortest path to a free column.
    fn assign(&mut self, start: usize) {
        let mut reached = Vec::new();
        if let Some(end) = self.shortest_path(start, &mut reached) {
            let length = self.lengths[end];
            self.row_prices[start] += length;
            for &column in reached.iter().filter(|&&column| self.is_settled[column]) {
                let change = length - self.lengths[column];
                self.column_prices[column] -= change;
                if let Some(row) = self.row_of[column] {
                    self.row_prices[row] += change;
                }
            }
            self.reassign(start, end);
        }
        for column in reached {
            self.lengths[column] = f64::INFINITY;
            self.is_settled[column] = false;
        }
    }

    /// Dijkstra's search for a free column; `reached` collects the columns whose state it touched.
    fn shortest_path(&mut self, start: usize, reached: &mut Vec<usize>) -> Option<usize> {
        let mut heap = BinaryHeap::new();
        let (mut row, mut length) = (start, 0.0);
        loop {
            self.relax(row, length, reached, &mut heap);
            let next = std::iter::from_fn(|| heap.pop()).find(|next| !self.is_settled[next.column])?;
            let Some(owner) = self.row_of[next.column] else { return Some(next.column) };
            self.is_settled[next.column] = true;
            (row, length) = (owner, next.length);
        }
    }

    fn relax(&mut self, row: usize, length: f64, reached: &mut Vec<usize>, heap: &mut BinaryHeap<Reached>) {
        let costs = self.costs;
        for &(column, cost) in costs.row(row) {
            let length = length + (cost - self.row_prices[row] - self.column_prices[column]);
            if self.is_settled[column] || length >= self.lengths[column] {
                continue;
            }
            if self.lengths[column].is_infinite() {
                reached.push(column);
            }
            self.lengths[column] = length;
            self.previous[column] = row;
            heap.push(Reached { length, column });
        }
    }

    /// Shifts the columns along the path found.
    fn reassign(&mut self, start: usize, end: usize) {
        let mut freed = Some(end);
        while let Some(column) = freed {
            let row = self.previous[column];
            freed = if row == start { None } else { self.column_of[row] };
            self.column_of[row] = Some(column);
            self.row_of[column] = Some(row);
        }
    }
}

/// A column at the end of a path; that of the shortest path comes first out of a heap.
struct Reached {
    length: f64,
    column: usize,
}

impl Ord for Reached {
    fn cmp(&self, other: &Self) -> Ordering {
        other.length.total_cmp(&self.length).then(other.column.cmp(&self.column))
    }
}

impl PartialOrd for Reached {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Reached {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Reached {}
