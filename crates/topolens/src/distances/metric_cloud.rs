//! A point cloud seen through a metric other than the Euclidean one.

use std::borrow::Cow;

use crate::error::Error;
use crate::metric::{
    Chebyshev, Euclidean, HalfSquare, Manhattan, Metric, centred_unit_rows, distances_to, unit_rows,
};
use crate::{Dissimilarities, PointCloud, Scalar};

/// A point cloud whose dissimilarities are those of a [`Metric`], computed on the fly.
///
/// # Shape
///
/// The rows of the cloud, for cosine and correlation a copy of them scaled to length one.
///
/// # Units
///
/// See [`Metric`].
///
/// # Examples
///
/// ```
/// use topolens::{Metric, MetricCloud, NeighborTable, PointCloud};
///
/// let cloud = PointCloud::new(vec![1.0, 0.0, 5.0, 1.0, 0.0, 1.0], 3, 2)?;
/// let table = NeighborTable::new(&MetricCloud::new(&cloud, Metric::Cosine)?, 1)?;
/// assert_eq!(table.indices(0), [1]);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MetricCloud<'a, S: Scalar> {
    rows: Cow<'a, PointCloud<S>>,
    metric: Metric,
}

impl<'a, S: Scalar> MetricCloud<'a, S> {
    /// The cloud seen through the metric.
    ///
    /// # Errors
    ///
    /// If a row is zero (cosine) or constant (correlation); the error names the first such row.
    ///
    /// # Complexity
    ///
    /// $O(nD)$ time and memory for cosine and correlation, none for the others.
    pub fn new(cloud: &'a PointCloud<S>, metric: Metric) -> Result<Self, Error> {
        let rows = match metric {
            Metric::Euclidean | Metric::Manhattan | Metric::Chebyshev => Cow::Borrowed(cloud),
            Metric::Cosine => Cow::Owned(unit_rows(cloud)?),
            Metric::Correlation => Cow::Owned(centred_unit_rows(cloud)?),
        };
        Ok(Self { rows, metric })
    }

    /// The metric.
    pub fn metric(&self) -> Metric {
        self.metric
    }
}

impl<S: Scalar> Dissimilarities for MetricCloud<'_, S> {
    type Scalar = S;

    fn n_points(&self) -> usize {
        self.rows.n_points()
    }

    fn row(&self, i: usize, others: &[usize], out: &mut [S]) {
        let point = self.rows.point(i);
        let others = others.iter().map(|&other| self.rows.point(other));
        match self.metric {
            Metric::Euclidean => distances_to::<Euclidean, S>(point, others, out),
            Metric::Manhattan => distances_to::<Manhattan, S>(point, others, out),
            Metric::Chebyshev => distances_to::<Chebyshev, S>(point, others, out),
            Metric::Cosine | Metric::Correlation => distances_to::<HalfSquare, S>(point, others, out),
        }
    }

    fn cloud(&self) -> Option<&PointCloud<S>> {
        (self.metric == Metric::Euclidean).then_some(&*self.rows)
    }

    fn unit_cloud(&self) -> Option<&PointCloud<S>> {
        matches!(self.metric, Metric::Cosine | Metric::Correlation).then_some(&*self.rows)
    }
}
