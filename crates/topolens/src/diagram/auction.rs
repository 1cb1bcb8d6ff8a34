//! A forward and reverse auction for the matching of nearly largest total gain.

use super::sparse_rows::SparseRows;

/// Rows bid for columns, then columns left over for rows, in steps of at least `step`.
///
/// After a round no row could gain more than `step` by another column at the prices, and no column without a row has a
/// price: by duality the matching is within the number of rows times `step` of the best.
pub(super) struct Auction<'a> {
    by_row: &'a SparseRows,
    by_column: SparseRows,
    prices: Vec<f64>,
    profits: Vec<f64>,
    column_of: Vec<Option<usize>>,
    row_of: Vec<Option<usize>>,
}

impl<'a> Auction<'a> {
    pub(super) fn new(gains: &'a SparseRows) -> Self {
        Self {
            by_row: gains,
            by_column: gains.transposed(),
            prices: vec![0.0; gains.n_columns()],
            profits: vec![0.0; gains.n_rows()],
            column_of: vec![None; gains.n_rows()],
            row_of: vec![None; gains.n_columns()],
        }
    }

    /// Matches anew, from the prices of the round before.
    pub(super) fn round(&mut self, step: f64) {
        self.column_of.fill(None);
        self.row_of.fill(None);
        let mut rows: Vec<usize> = (0..self.by_row.n_rows()).collect();
        while let Some(row) = rows.pop() {
            rows.extend(self.bid(row, step));
        }
        let mut columns: Vec<usize> = (0..self.by_row.n_columns()).collect();
        while let Some(column) = columns.pop() {
            if self.row_of[column].is_none() && self.prices[column] > 0.0 {
                columns.extend(self.offer(column, step));
            }
        }
    }

    /// The column of each row after the last round.
    pub(super) fn matching(&self) -> &[Option<usize>] {
        &self.column_of
    }

    /// What no matching exceeds: $\sum_j p_j + \sum_i \max(0, \max_j g_{ij} - p_j)$.
    pub(super) fn upper_bound(&self) -> f64 {
        let best = |row| {
            let values = self.by_row.row(row).iter().map(|&(column, gain)| gain - self.prices[column]);
            values.fold(0.0, f64::max)
        };
        self.prices.iter().sum::<f64>() + (0..self.by_row.n_rows()).map(best).sum::<f64>()
    }

    /// A row takes its best column, unless it does better alone, and returns the row it outbid.
    fn bid(&mut self, row: usize, step: f64) -> Option<usize> {
        let values = self.by_row.row(row).iter().map(|&(column, gain)| (column, gain - self.prices[column]));
        let Some((column, value, second)) = best_two(values) else {
            self.profits[row] = 0.0;
            return None;
        };
        self.prices[column] += value - second + step;
        self.profits[row] = second - step;
        self.column_of[row] = Some(column);
        let outbid = self.row_of[column].replace(row);
        if let Some(outbid) = outbid {
            self.column_of[outbid] = None;
        }
        outbid
    }

    /// A column without a row lowers its price until a row takes it, and returns the column that row left.
    fn offer(&mut self, column: usize, step: f64) -> Option<usize> {
        let values = self.by_column.row(column).iter().map(|&(row, gain)| (row, gain - self.profits[row]));
        let (row, value, second) = best_two(values).filter(|&(_, value, _)| value > step).or_else(|| {
            self.prices[column] = 0.0;
            None
        })?;
        self.prices[column] = (second - step).max(0.0);
        self.profits[row] += value - self.prices[column];
        self.row_of[column] = Some(row);
        let left = self.column_of[row].replace(column);
        if let Some(left) = left {
            self.row_of[left] = None;
        }
        left
    }
}

/// The best of the positive values with its index, and the next best or 0; `None` if none is positive.
fn best_two(values: impl Iterator<Item = (usize, f64)>) -> Option<(usize, f64, f64)> {
    let (mut index, mut best, mut second) = (None, 0.0, 0.0);
    for (at, value) in values {
        if value > best {
            (index, best, second) = (Some(at), value, best);
        } else if value > second {
            second = value;
        }
    }
    index.map(|index| (index, best, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_closes_on_the_best_matching() {
        let gain = |i: usize, j: usize| ((i * 31 + j * 17) * 7919 % 101) as f64 / 100.0;
        let row = |i| (0..40).map(|j| (j, gain(i, j))).filter(|&(_, gain)| gain > 0.3).collect();
        let gains = SparseRows::new(40, (0..30).map(row));
        let total = |matching: &[Option<usize>]| -> f64 {
            matching.iter().enumerate().filter_map(|(i, j)| Some(gain(i, (*j)?))).sum()
        };
        let mut auction = Auction::new(&gains);
        for step in [0.2, 0.02, 0.002] {
            auction.round(step);
            let (reached, bound) = (total(auction.matching()), auction.upper_bound());
            assert!(reached <= bound + 1e-12, "{reached} {bound}");
            assert!(bound - reached <= 30.0 * step + 1e-12, "{bound} - {reached} at {step}");
        }
    }
}
