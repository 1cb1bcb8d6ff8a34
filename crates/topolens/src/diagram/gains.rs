//! What pairs of intervals gain over matching both to the diagonal, and the matching that gains most.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A sparse matrix of positive gains.
#[derive(Debug, Clone)]
pub(super) struct Gains {
    n_columns: usize,
    offsets: Vec<usize>,
    entries: Vec<(usize, f64)>,
}

impl Gains {
    pub(super) fn new(n_columns: usize, rows: impl Iterator<Item = Vec<(usize, f64)>>) -> Self {
        let (mut offsets, mut entries) = (vec![0], Vec::new());
        for row in rows {
            entries.extend(row);
            offsets.push(entries.len());
        }
        Self { n_columns, offsets, entries }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(super) fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// Columns and gains of a row.
    pub(super) fn row(&self, row: usize) -> &[(usize, f64)] {
        &self.entries[self.offsets[row]..self.offsets[row + 1]]
    }

    pub(super) fn largest(&self) -> f64 {
        self.entries.iter().map(|&(_, gain)| gain).fold(0.0, f64::max)
    }

    pub(super) fn transposed(&self) -> Self {
        let mut rows = vec![Vec::new(); self.n_columns];
        for row in 0..self.n_rows() {
            self.row(row).iter().for_each(|&(column, gain)| rows[column].push((row, gain)));
        }
        Self::new(self.n_rows(), rows.into_iter())
    }

    /// The column of each row in a matching of largest total gain, by shortest augmenting paths.
    pub(super) fn best_matching(&self) -> Vec<Option<usize>> {
        let mut search = Search::new(self);
        for row in 0..self.n_rows() {
            search.assign(row);
        }
        search.column_of
    }
}

/// Rows assigned so far, with prices that prove the assignment best for them: no row $i$ and column $j$ have
/// $u_i + v_j > -g_{ij}$, with equality where matched, and $v_j = 0$ for free columns, $u_i = 0$ for rows left alone.
struct Search<'a> {
    gains: &'a Gains,
    row_prices: Vec<f64>,
    column_prices: Vec<f64>,
    column_of: Vec<Option<usize>>,
    row_of: Vec<Option<usize>>,
    /// Of the current search, by column.
    lengths: Vec<f64>,
    previous: Vec<usize>,
    is_settled: Vec<bool>,
}

/// The end of a shortest path.
#[derive(Clone, Copy)]
enum End {
    Free { column: usize },
    Alone { row: usize },
}

impl<'a> Search<'a> {
    fn new(gains: &'a Gains) -> Self {
        let (n, m) = (gains.n_rows(), gains.n_columns());
        Self {
            gains,
            row_prices: vec![0.0; n],
            column_prices: vec![0.0; m],
            column_of: vec![None; n],
            row_of: vec![None; m],
            lengths: vec![f64::INFINITY; m],
            previous: vec![0; m],
            is_settled: vec![false; m],
        }
    }

    /// Assigns one more row along the shortest path to a free column or to a row that does better alone.
    fn assign(&mut self, start: usize) {
        let mut reached = Vec::new();
        let (end, length) = self.shortest_path(start, &mut reached);
        self.row_prices[start] += length;
        for &column in reached.iter().filter(|&&column| self.is_settled[column]) {
            let change = length - self.lengths[column];
            self.column_prices[column] -= change;
            if let Some(row) = self.row_of[column] {
                self.row_prices[row] += change;
            }
        }
        self.reassign(start, end);
        for column in reached {
            self.lengths[column] = f64::INFINITY;
            self.is_settled[column] = false;
        }
    }

    /// Dijkstra's search; `reached` collects the columns whose state it touched.
    fn shortest_path(&mut self, start: usize, reached: &mut Vec<usize>) -> (End, f64) {
        let mut heap = BinaryHeap::new();
        let (mut row, mut length) = (start, 0.0);
        let (mut end, mut end_length) = (End::Alone { row }, f64::INFINITY);
        loop {
            let alone = length - self.row_prices[row];
            if alone < end_length {
                (end, end_length) = (End::Alone { row }, alone);
            }
            self.relax(row, length, reached, &mut heap);
            let next = std::iter::from_fn(|| heap.pop()).find(|next| !self.is_settled[next.column]);
            let Some(Reached { length: next_length, column }) = next else { break };
            if next_length >= end_length {
                break;
            }
            let Some(owner) = self.row_of[column] else { return (End::Free { column }, next_length) };
            self.is_settled[column] = true;
            (row, length) = (owner, next_length);
        }
        (end, end_length)
    }

    fn relax(&mut self, row: usize, length: f64, reached: &mut Vec<usize>, heap: &mut BinaryHeap<Reached>) {
        let gains = self.gains;
        for &(column, gain) in gains.row(row) {
            let length = length - gain - self.row_prices[row] - self.column_prices[column];
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
    fn reassign(&mut self, start: usize, end: End) {
        let mut freed = match end {
            End::Free { column } => Some(column),
            End::Alone { row } => self.column_of[row].take(),
        };
        while let Some(column) = freed {
            let row = self.previous[column];
            freed = if row == start { None } else { self.column_of[row] };
            self.column_of[row] = Some(column);
            self.row_of[column] = Some(row);
        }
    }
}

/// A column at the end of a path; the shortest comes first out of a heap.
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
