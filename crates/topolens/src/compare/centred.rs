//! A centred cloud of Frobenius norm 1, with what measures share, each computed once.

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::error::{Error, InputKind, Undefined};
use crate::linear_algebra::{Svd, row_products, thin_svd};
use crate::{PointCloud, Scalar};

/// Rows or columns of a block of products.
const BLOCK: usize = 128;

/// The rows of a cloud less their mean, over their Frobenius norm.
pub(super) struct Centred {
    pub(super) n_points: usize,
    pub(super) n_features: usize,
    /// Row-major.
    pub(super) rows: Vec<f64>,
    /// The relative size below which a singular value is rounding.
    rounding: f64,
    columns: OnceLock<Vec<f64>>,
    basis: OnceLock<Result<Svd, Error>>,
    self_product: OnceLock<f64>,
}

impl Centred {
    /// An error names the `argument` if all points coincide.
    pub(super) fn new<S: Scalar>(
        cloud: &PointCloud<S>,
        quantity: &'static str,
        argument: &'static str,
    ) -> Result<Self, Error> {
        let (n_points, n_features) = (cloud.n_points(), cloud.n_features());
        if cloud.points().all(|point| point == cloud.point(0)) {
            return Err(Error::undefined(quantity, Undefined::ConstantInput { argument }));
        }
        let mut means = vec![0.0; n_features];
        for point in cloud.points() {
            means.iter_mut().zip(point).for_each(|(mean, x)| *mean += x.to_f64() / n_points as f64);
        }
        let mut rows: Vec<f64> = cloud
            .points()
            .flat_map(|point| point.iter().zip(&means).map(|(x, mean)| x.to_f64() - mean))
            .collect();
        // The largest first: squares of the smallest and largest numbers would not add up.
        let largest = rows.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
        for x in &mut rows {
            *x /= largest;
        }
        let norm = rows.iter().map(|x| x * x).sum::<f64>().sqrt();
        for x in &mut rows {
            *x /= norm;
        }
        let rounding = 2.0 * S::ROUNDING * n_points.max(n_features) as f64;
        let (columns, basis, self_product) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Ok(Self { n_points, n_features, rows, rounding, columns, basis, self_product })
    }

    /// The squared lengths of the rows: the diagonal of the Gram matrix.
    pub(super) fn squares(&self) -> Vec<f64> {
        self.rows.chunks_exact(self.n_features).map(|row| row.iter().map(|x| x * x).sum()).collect()
    }

    /// The transposed matrix, row-major.
    fn columns(&self) -> &[f64] {
        self.columns.get_or_init(|| transposed(&self.rows, self.n_features))
    }

    /// The singular value decomposition up to the rank.
    pub(super) fn basis(&self) -> Result<&Svd, Error> {
        let compute = || {
            let Svd { left, values, right } = thin_svd(&self.rows, self.n_points)?;
            let all = values.len();
            let least = values.first().copied().unwrap_or_default() * self.rounding;
            let rank = values.iter().filter(|value| **value > least).count();
            let (left, right) = (first_columns(&left, all, rank), first_columns(&right, all, rank));
            Ok(Svd { left, values: values[..rank].to_vec(), right })
        };
        self.basis.get_or_init(compute).as_ref().map_err(Clone::clone)
    }

    /// The squared Frobenius norm of $X^T X$, that is $\langle K, K \rangle$.
    pub(super) fn self_product(&self) -> f64 {
        *self.self_product.get_or_init(|| gram_product(self, self))
    }
}

/// Two clouds of the same points.
pub(super) fn centred_pair<S: Scalar, T: Scalar>(
    x: &PointCloud<S>,
    y: &PointCloud<T>,
    quantity: &'static str,
) -> Result<(Centred, Centred), Error> {
    ensure_same_rows(x.n_points(), y.n_points())?;
    Ok((Centred::new(x, quantity, "x")?, Centred::new(y, quantity, "y")?))
}

pub(super) fn ensure_same_rows(x: usize, y: usize) -> Result<(), Error> {
    if x == y { Ok(()) } else { Err(InputKind::RowsDiffer { x, y }.into()) }
}

/// $\langle X X^T, Y Y^T \rangle = \|X^T Y\|_F^2$, by features or by points, whichever takes fewer operations; a block of
/// products at a time, added up in the order of the blocks.
pub(super) fn gram_product(x: &Centred, y: &Centred) -> f64 {
    let (n, p, q) = (x.n_points as f64, x.n_features as f64, y.n_features as f64);
    let blocks: Vec<f64> = if p * q <= n * (p + q) {
        let (a, b) = (x.columns(), y.columns());
        let of_block = |block: &[f64]| products(block, b, x.n_points).iter().map(|value| value * value).sum();
        a.par_chunks(BLOCK * x.n_points).map(of_block).collect()
    } else {
        let (a, b) = (x.rows.par_chunks(BLOCK * x.n_features), y.rows.par_chunks(BLOCK * y.n_features));
        let of_blocks =
            |(a, b)| dot(&products(a, &x.rows, x.n_features), &products(b, &y.rows, y.n_features));
        a.zip(b).map(of_blocks).collect()
    };
    blocks.iter().sum()
}

/// $X^T Y$, row-major.
pub(super) fn cross_product(x: &Centred, y: &Centred) -> Vec<f64> {
    let (a, b) = (x.columns(), y.columns());
    let blocks = a.par_chunks(BLOCK * x.n_points).map(|block| products(block, b, x.n_points));
    blocks.collect::<Vec<_>>().concat()
}

fn products(a: &[f64], b: &[f64], n_columns: usize) -> Vec<f64> {
    let mut products = vec![0.0; a.len() / n_columns * (b.len() / n_columns)];
    row_products(a, b, n_columns, &mut products);
    products
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The transpose of a row-major matrix.
pub(super) fn transposed(rows: &[f64], n_columns: usize) -> Vec<f64> {
    let n_rows = rows.len() / n_columns;
    let mut columns = vec![0.0; rows.len()];
    columns.par_chunks_mut(n_rows).enumerate().for_each(|(at, column)| {
        column.iter_mut().enumerate().for_each(|(row, value)| *value = rows[row * n_columns + at]);
    });
    columns
}

/// The first `kept` columns of a row-major matrix.
pub(super) fn first_columns(rows: &[f64], n_columns: usize, kept: usize) -> Vec<f64> {
    rows.chunks_exact(n_columns).flat_map(|row| &row[..kept]).copied().collect()
}
