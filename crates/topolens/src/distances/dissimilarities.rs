//! Anything whose pairwise dissimilarities can be read a row at a time.

use crate::metric::{Euclidean, distances_to};
use crate::{PointCloud, Scalar};

/// A finite set with pairwise dissimilarities: a point cloud (Euclidean distances on the fly, $O(nD)$ memory), a
/// [`MetricCloud`](crate::MetricCloud) (another metric), a [`NeighborGraph`](crate::NeighborGraph) (geodesic distances) or a
/// [`DistanceMatrix`](crate::DistanceMatrix).
///
/// # Examples
///
/// ```
/// use topolens::{Dissimilarities, PointCloud};
///
/// let cloud = PointCloud::new(vec![0.0, 0.0, 3.0, 4.0], 2, 2)?;
/// let mut row = [0.0];
/// cloud.row(0, &[1], &mut row);
/// assert_eq!(row, [5.0]);
/// # Ok::<(), topolens::Error>(())
/// ```
pub trait Dissimilarities: Sync {
    /// The number type of the dissimilarities.
    type Scalar: Scalar;

    /// The number of points.
    fn n_points(&self) -> usize;

    /// Writes the dissimilarities of point `i` to each of `others` into `out`, which has the same length.
    ///
    /// # Panics
    ///
    /// If an index is out of range, as slice indexing does.
    fn row(&self, i: usize, others: &[usize], out: &mut [Self::Scalar]);

    /// The points themselves if the dissimilarities are their Euclidean distances; algorithms then work on tiles of
    /// products.
    fn cloud(&self) -> Option<&PointCloud<Self::Scalar>> {
        None
    }

    /// Rows of length one if the dissimilarities are half the squares of their Euclidean distances, as for cosine and
    /// correlation; nearest neighbours are then found by tiles of products.
    fn unit_cloud(&self) -> Option<&PointCloud<Self::Scalar>> {
        None
    }
}

impl<S: Scalar> Dissimilarities for PointCloud<S> {
    type Scalar = S;

    fn n_points(&self) -> usize {
        PointCloud::n_points(self)
    }

    fn row(&self, i: usize, others: &[usize], out: &mut [S]) {
        distances_to::<Euclidean, S>(self.point(i), others.iter().map(|&other| self.point(other)), out);
    }

    fn cloud(&self) -> Option<&PointCloud<S>> {
        Some(self)
    }
}
