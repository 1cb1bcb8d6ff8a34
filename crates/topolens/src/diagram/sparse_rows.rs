//! Sparse matrices by rows.

/// The entries of each row with their columns; what is not listed is no edge.
#[derive(Debug, Clone)]
pub(super) struct SparseRows {
    n_columns: usize,
    offsets: Vec<usize>,
    entries: Vec<(usize, f64)>,
}

impl SparseRows {
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

    /// Columns and values of a row.
    pub(super) fn row(&self, row: usize) -> &[(usize, f64)] {
        &self.entries[self.offsets[row]..self.offsets[row + 1]]
    }

    pub(super) fn largest(&self) -> f64 {
        self.entries.iter().map(|&(_, value)| value).fold(0.0, f64::max)
    }

    pub(super) fn transposed(&self) -> Self {
        let mut rows = vec![Vec::new(); self.n_columns];
        for row in 0..self.n_rows() {
            self.row(row).iter().for_each(|&(column, value)| rows[column].push((row, value)));
        }
        Self::new(self.n_rows(), rows.into_iter())
    }
}
