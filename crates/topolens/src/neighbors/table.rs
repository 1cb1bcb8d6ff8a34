//! The k nearest neighbours of every point.

use rayon::prelude::*;

use super::{nearest_in_row, nearest_neighbors};
use crate::error::{Error, SettingKind};
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
    /// Finds the neighbours in a point cloud or a matrix of dissimilarities, by comparison with all points: of a cloud by
    /// tiles of scalar products, with the distances that come into question by direct differences.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is 0 or not below the number of points.
    ///
    /// # Complexity
    ///
    /// $O(n^2 D)$ time, in parallel; $O(n (k + D))$ memory.
    pub fn new<D: Dissimilarities>(points: &D, n_neighbors: usize) -> Result<Self, Error> {
        let n_points = points.n_points();
        if n_neighbors == 0 {
            let (argument, allowed) = ("n_neighbors", "1 or more");
            return Err(SettingKind::OutOfRange { argument, value: 0.0, allowed }.into());
        }
        if n_neighbors >= n_points {
            return Err(SettingKind::TooManyNeighbors { n_neighbors, n_points }.into());
        }
        let lists = if let Some(cloud) = points.cloud() {
            nearest_neighbors(cloud, n_neighbors)
        } else {
            (0..n_points).into_par_iter().map(|i| nearest_in_row(points, i, n_neighbors)).collect()
        };
        let listed = lists.into_iter().flatten();
        let (indices, distances) =
            listed.map(|(distance, index)| (index as usize, distance.to_f64())).unzip();
        Ok(Self { n_neighbors, indices, distances })
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
    use crate::{DistanceMatrix, PointCloud, synthetic};

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
