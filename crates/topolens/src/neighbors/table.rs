//! The k nearest neighbours of every point.

use rayon::prelude::*;

use super::{nearest_by, nearest_in_row};
use crate::error::{Error, SettingKind};
use crate::metric::{Euclidean, HalfSquare};
use crate::{Dissimilarities, Scalar};

/// The k nearest neighbours of each of n points, nearest first, the point itself left out; ties by index.
///
/// # Shape
///
/// `n_points` × `n_neighbors`.
///
/// # Units
///
/// Those of the dissimilarities.
///
/// # Examples
///
/// ```
/// use topolens::{NeighborTable, PointCloud};
///
/// let cloud = PointCloud::new(vec![0.0, 1.0, 3.0], 3, 1)?;
/// let table = NeighborTable::new(&cloud, 2)?;
/// assert_eq!(table.indices(1), [0, 2]);
/// assert_eq!(table.distances(1), [1.0, 2.0]);
/// assert!(NeighborTable::new(&cloud, 3).is_err());
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NeighborTable {
    n_neighbors: usize,
    indices: Vec<usize>,
    distances: Vec<f64>,
}

impl NeighborTable {
    /// Finds the neighbours in a point cloud or a matrix of dissimilarities, by comparison with all points: of a cloud,
    /// also through cosine or correlation, by tiles of scalar products, with the distances that come into question by
    /// direct differences. So they are those of a full comparison to the last bit.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is 0 or not below the number of points.
    ///
    /// # Complexity
    ///
    /// $O(n^2 D + n^2 \log k)$ time, in parallel; $O(nk)$ memory.
    pub fn new<D: Dissimilarities>(points: &D, n_neighbors: usize) -> Result<Self, Error> {
        let n_points = points.n_points();
        if n_neighbors == 0 {
            let (argument, allowed) = ("n_neighbors", "1 or more");
            return Err(SettingKind::OutOfRange { argument, value: 0.0, allowed }.into());
        }
        if n_neighbors >= n_points {
            return Err(SettingKind::TooManyNeighbors { n_neighbors, n_points }.into());
        }
        Ok(if let Some(cloud) = points.cloud() {
            Self::from_lists(nearest_by::<Euclidean, _>(cloud, n_neighbors), n_points, n_neighbors)
        } else if let Some(cloud) = points.unit_cloud() {
            Self::from_lists(nearest_by::<HalfSquare, _>(cloud, n_neighbors), n_points, n_neighbors)
        } else {
            let by_rows = (0..n_points).into_par_iter().map(|i| nearest_in_row(points, i, n_neighbors));
            Self::from_lists(by_rows.collect::<Vec<_>>().into_iter(), n_points, n_neighbors)
        })
    }

    /// The table of lists in the order of their points.
    fn from_lists<S: Scalar>(
        lists: impl Iterator<Item = Vec<(S, u32)>>,
        n_points: usize,
        n_neighbors: usize,
    ) -> Self {
        let mut indices = Vec::with_capacity(n_points * n_neighbors);
        let mut distances = Vec::with_capacity(n_points * n_neighbors);
        for (distance, index) in lists.flatten() {
            indices.push(index as usize);
            distances.push(distance.to_f64());
        }
        Self { n_neighbors, indices, distances }
    }

    /// The number of points.
    pub fn n_points(&self) -> usize {
        self.indices.len() / self.n_neighbors
    }

    /// The number of neighbours of each point, k.
    pub fn n_neighbors(&self) -> usize {
        self.n_neighbors
    }

    /// The neighbours of point `i`, nearest first.
    ///
    /// # Panics
    ///
    /// If `i` is not a point, as slice indexing does.
    pub fn indices(&self, i: usize) -> &[usize] {
        &self.indices[i * self.n_neighbors..(i + 1) * self.n_neighbors]
    }

    /// Their distances, ascending.
    ///
    /// # Panics
    ///
    /// If `i` is not a point, as slice indexing does.
    pub fn distances(&self, i: usize) -> &[f64] {
        &self.distances[i * self.n_neighbors..(i + 1) * self.n_neighbors]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DistanceMatrix, Metric, MetricCloud, PointCloud, synthetic};

    /// Clouds on which products are in trouble: plain, lattice with duplicates, far from the origin, a constant column
    /// and opposite rows.
    fn clouds() -> Vec<PointCloud<f64>> {
        let maps: [fn(usize, f64) -> f64; 4] = [
            |_, x| x,
            |_, x| x.round() + 5.0,
            |_, x| 1e4 + 1e-3 * x,
            |at, x| if at % 5 == 0 { 1.0 } else { x.signum() },
        ];
        let plain = synthetic::gaussian(600, 5, 3).unwrap();
        let mapped = |map: fn(usize, f64) -> f64| {
            let values = plain.values().iter().enumerate().map(|(at, &x)| map(at, x));
            PointCloud::new(values.collect(), 600, 5).unwrap()
        };
        maps.into_iter().map(mapped).collect()
    }

    fn equals_rows<S: Scalar>(cloud: &PointCloud<S>, metric: Metric, n_neighbors: usize) {
        let seen = MetricCloud::new(cloud, metric).unwrap();
        let distances = DistanceMatrix::from_cloud_with(cloud, metric).unwrap();
        let by_tiles = NeighborTable::new(&seen, n_neighbors).unwrap();
        for i in 0..cloud.n_points() {
            let mut row: Vec<usize> = (0..cloud.n_points()).filter(|&j| j != i).collect();
            row.sort_by(|&a, &b| distances.get(i, a).to_f64().total_cmp(&distances.get(i, b).to_f64()));
            assert_eq!(by_tiles.indices(i), &row[..n_neighbors], "{metric:?} point {i}");
            let expected = row.iter().map(|&j| distances.get(i, j).to_f64());
            assert!(by_tiles.distances(i).iter().copied().eq(expected.take(n_neighbors)), "{metric:?} {i}");
        }
    }

    #[test]
    fn tiles_equal_a_full_sort_of_direct_distances_to_the_last_bit() {
        for cloud in clouds() {
            let single = cloud.values().iter().map(|&x| x as f32).collect();
            let single = PointCloud::new(single, 600, 5).unwrap();
            for metric in [Metric::Euclidean, Metric::Cosine] {
                for n_neighbors in [1, 20, 599] {
                    equals_rows(&cloud, metric, n_neighbors);
                    equals_rows(&single, metric, n_neighbors);
                }
            }
        }
        equals_rows(&clouds()[0], Metric::Correlation, 20);
    }

    #[test]
    fn opposite_rows_are_all_at_cosine_two_and_ties_go_by_index() {
        let values = (0..900).map(|row| if row == 899 { -1.0_f32 } else { 1.0 + row as f32 });
        let cloud = PointCloud::new(values.flat_map(|x| [x, 3.0 * x, 7.0 * x]).collect(), 900, 3).unwrap();
        equals_rows(&cloud, Metric::Cosine, 5);
    }

    #[test]
    fn ties_go_to_the_smaller_index() {
        let cloud = PointCloud::new(vec![0.0, 1.0, -1.0, 2.0, 0.0], 5, 1).unwrap();
        let table = NeighborTable::new(&cloud, 3).unwrap();
        assert_eq!(table.indices(0), [4, 1, 2]);
        assert_eq!(table.distances(0), [0.0, 1.0, 1.0]);
    }

    #[test]
    fn equals_a_full_sort_of_the_matrix() {
        let cloud = synthetic::gaussian(40, 5, 9).unwrap();
        let distances = DistanceMatrix::from_cloud(&cloud);
        let table = NeighborTable::new(&cloud, 7).unwrap();
        assert_eq!(table, NeighborTable::new(&distances, 7).unwrap());
        for i in 0..40 {
            let mut row: Vec<usize> = (0..40).filter(|&j| j != i).collect();
            row.sort_by(|&a, &b| distances.get(i, a).total_cmp(&distances.get(i, b)));
            assert_eq!(table.indices(i), &row[..7]);
        }
        assert_eq!((table.n_points(), table.n_neighbors()), (40, 7));
    }

    #[test]
    fn too_many_neighbors_is_an_error_that_says_so() {
        let cloud = PointCloud::new(vec![0.0, 1.0], 2, 1).unwrap();
        let error = NeighborTable::new(&cloud, 2).unwrap_err();
        assert!(error.to_string().contains("`n_neighbors` = 2"), "{error}");
        assert!(NeighborTable::new(&cloud, 0).is_err());
    }
}
