//! Estimates at the single points of a table of neighbours, and their mean.

use super::Estimate;
use crate::error::{Error, SettingKind, Undefined};
use crate::{NeighborTable, PointCloud, Scalar};

/// Checks a number of neighbours against the least an estimator needs and the most a table has.
pub(super) fn check_n_neighbors(
    n_neighbors: usize,
    least: usize,
    table: &NeighborTable,
    allowed: &'static str,
) -> Result<(), Error> {
    if n_neighbors < least || n_neighbors > table.n_neighbors() {
        let (argument, value) = ("n_neighbors", n_neighbors as f64);
        return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
    }
    Ok(())
}

/// The distances of the points that coincide with no neighbour to their `n_neighbors` nearest.
pub(super) fn distinct_rows(table: &NeighborTable, n_neighbors: usize) -> impl Iterator<Item = &[f64]> {
    let rows = (0..table.n_points()).map(move |i| &table.distances(i)[..n_neighbors]);
    rows.filter(|distances| distances[0] > 0.0)
}

/// The estimate of a cloud by its table of `n_neighbors`, repeated points dropped first.
pub(super) fn estimate_distinct<S: Scalar>(
    cloud: &PointCloud<S>,
    n_neighbors: usize,
    estimate: impl FnOnce(&PointCloud<S>, &NeighborTable) -> Result<Estimate, Error>,
) -> Result<Estimate, Error> {
    estimate_distinct_by_size(cloud, |_| Ok(n_neighbors), estimate)
}

/// The same, where the number of neighbours depends on the number of distinct points.
pub(super) fn estimate_distinct_by_size<S: Scalar>(
    cloud: &PointCloud<S>,
    n_neighbors: impl FnOnce(usize) -> Result<usize, Error>,
    estimate: impl FnOnce(&PointCloud<S>, &NeighborTable) -> Result<Estimate, Error>,
) -> Result<Estimate, Error> {
    let (distinct, n_dropped) = cloud.distinct();
    let table = NeighborTable::new(&*distinct, n_neighbors(distinct.n_points())?)?;
    let estimate = estimate(&distinct, &table)?;
    Ok(Estimate { n_dropped: n_dropped + estimate.n_dropped, ..estimate })
}

/// The mean of the finite estimates at single points, out of `n_points`.
pub(super) fn mean_estimate(
    quantity: &'static str,
    pointwise: &[f64],
    n_points: usize,
) -> Result<Estimate, Error> {
    let finite: Vec<f64> = pointwise.iter().copied().filter(|value| value.is_finite()).collect();
    if finite.is_empty() {
        return Err(Error::undefined(quantity, Undefined::NoSpread));
    }
    let n = finite.len() as f64;
    let value = finite.iter().sum::<f64>() / n;
    let squares: f64 = finite.iter().map(|x| (x / value - 1.0).powi(2)).sum();
    Ok(Estimate::from_ratios(value, squares.sqrt() / n, finite.len(), n_points - finite.len()))
}
