//! The spectrum of the covariance of some points.

use crate::error::Error;
use crate::linear_algebra::{gram, symmetric_eigenvalues, transposed_product};

/// The positive eigenvalues of the covariance (the $n - 1$ form), descending; those lost in rounding are left out.
pub(super) fn covariance_spectrum(rows: &[f64], n_columns: usize) -> Result<Vec<f64>, Error> {
    let n_rows = rows.len() / n_columns;
    let centred = centred(rows, n_columns);
    let order = n_rows.min(n_columns);
    let products = if n_rows < n_columns {
        gram(&centred, n_rows)
    } else {
        transposed_product(&centred, &centred, n_rows)
    };
    let mut values = symmetric_eigenvalues(&products, order)?;
    values.reverse();
    let floor = values[0].max(0.0) * f64::EPSILON * n_rows.max(n_columns) as f64;
    let spectrum = values.into_iter().take(n_rows - 1).filter(|&value| value > floor);
    Ok(spectrum.map(|value| value / (n_rows as f64 - 1.0)).collect())
}

/// The rows minus their mean.
pub(super) fn centred(rows: &[f64], n_columns: usize) -> Vec<f64> {
    let mut mean = vec![0.0; n_columns];
    for row in rows.chunks_exact(n_columns) {
        mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    let n_rows = (rows.len() / n_columns) as f64;
    for sum in &mut mean {
        *sum /= n_rows;
    }
    let centre = |row: &[f64]| row.iter().zip(&mean).map(|(value, mean)| value - mean).collect::<Vec<_>>();
    rows.chunks_exact(n_columns).flat_map(centre).collect()
}
